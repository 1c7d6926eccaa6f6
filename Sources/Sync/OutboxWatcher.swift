import System

/// Tells when a process has written to the outbox (inotify(7)), so that an alert need not wait for
/// the next interval.
///
/// Only writes to the outbox's log (`-wal`) count: every commit writes it, and a look never does.
/// The log may appear and disappear without a commit, because the first process that opens an
/// outbox makes the log, and the last process that closes the outbox removes it.
final class OutboxWatcher {
  private let events = FolderEvents()
  private let folder: String
  private let log: String
  /// The number of the watched folder; nil while it is not watched.
  private var watched: Int32?

  init(outbox: String) {
    folder = Files.folder(of: outbox)
    log = Files.name(of: outbox) + "-wal"
    watch()
  }

  /// Readable when something in the outbox's folder changed; -1 where the Linux kernel does not
  /// tell.
  var descriptor: Int32 { events.descriptor }

  /// Begins to watch the folder if it is not watched. The core may make the folder later, or a
  /// person may put another folder in its place.
  ///
  /// - Returns: whether the watch began now. Then a process may have written before, of which the
  ///   Linux kernel tells nothing.
  @discardableResult
  func watch() -> Bool {
    guard watched == nil else { return false }
    watched = events.watch(folder, [.modified, .folderMoved])
    return watched != nil
  }

  /// Takes the events that came. Returns true when a process wrote the outbox's log, or may have
  /// written it.
  @export(interface)
  func hasChanged() -> Bool {
    var hasChanged = false
    func look(_ number: Int32, _ kinds: FolderEvents.Kinds, _ name: Slice<UnsafeRawBufferPointer>) {
      if name.elementsEqual(log.utf8) || kinds.contains(.overflow) { hasChanged = true }
      if kinds.contains(.ignored) { watched = nil }
      // A renamed folder is no longer the outbox's folder.
      if kinds.contains(.folderMoved) { events.forget(number) }
    }
    while events.take(look) {}
    return hasChanged
  }
}
