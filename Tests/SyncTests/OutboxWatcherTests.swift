import Glibc
import Testing

@testable import Sync
@testable import System
import TestSupport

/// Goal: the watcher notices every commit to the outbox and no mere look, also when its folder is
/// replaced.
@Suite struct OutboxWatcherTests {
  private let folder = TestFolder()
  private var store: String { folder.path + "/state/outbox.db" }

  @Test func `a commit is noticed, and the log's coming and going is not`() throws {
    try folder.file("state/outbox.db", [])
    let watcher = OutboxWatcher(outbox: store)
    #expect(!watcher.hasChanged())
    // As SQLite does when the first one opens a store, and when the last one closes it.
    try folder.file("state/outbox.db-wal", [])
    Files.remove(store + "-wal")
    #expect(!watcher.hasChanged())
    try Files.write([1], to: store + "-wal")
    #expect(watcher.hasChanged())
    #expect(!watcher.hasChanged())
    try Files.append([1], to: folder.path + "/state/outbox.db")
    #expect(!watcher.hasChanged())
  }

  @Test func `a folder that comes later is watched then`() throws {
    let watcher = OutboxWatcher(outbox: store)
    #expect(watcher.descriptor >= 0 && !watcher.hasChanged())
    try folder.file("state/outbox.db", [])
    watcher.watch()
    try Files.write([1], to: store + "-wal")
    #expect(watcher.hasChanged())
  }

  @Test(arguments: [true, false])
  func `a folder that was replaced is watched again`(isMoved: Bool) throws {
    try folder.file("state/outbox.db", [])
    let watcher = OutboxWatcher(outbox: store)
    if isMoved {
      try Files.rename(folder.path + "/state", to: folder.path + "/old")
    } else {
      Folders.removeTree(folder.path + "/state")
    }
    // What is told of the end of the watch may itself need a look.
    for _ in 0..<2 { _ = watcher.hasChanged() }
    watcher.watch()
    try folder.file("state/outbox.db", [])
    watcher.watch()
    try Files.write([1], to: store + "-wal")
    #expect(watcher.hasChanged())
  }
}
