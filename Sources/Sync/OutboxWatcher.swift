import System

/// Tells when a process has written to the outbox (inotify(7)), so that an alert need not wait for
/// the next interval.
///
/// The outbox's log (`-wal`) is what counts: every commit writes it, and a look never does. That
/// the log comes and goes says nothing: the first process that opens an outbox makes it, and the
/// last one that closes the outbox removes it.
final class OutboxWatcher {
  private let events = FolderEvents()
  private let folder: String
  private let log: String
  /// The folder's number; nil where it is not watched.
  private var watched: Int32?

  init(outbox: String) {
    folder = Files.folder(of: outbox)
    log = Files.name(of: outbox) + "-wal"
    watch()
  }

  /// Readable when something in the outbox's folder changed; -1 where Linux does not tell.
  var descriptor: Int32 { events.descriptor }

  /// Watches a folder that was not there before, or in whose place another one is now: the core may
  /// make it later, a person may mount a disk over it.
  ///
  /// - Returns: whether the watch began now: the kernel tells nothing of what was written before.
  @discardableResult
  func watch() -> Bool {
    guard watched == nil else { return false }
    watched = events.watch(folder, [.modified, .folderMoved])
    return watched != nil
  }

  /// Takes what came; true when a process wrote the outbox's log, or may have.
  @export(interface)
  func hasChanged() -> Bool {
    var hasChanged = false
    func look(_ number: Int32, _ kinds: FolderEvents.Kinds, _ name: Slice<UnsafeRawBufferPointer>) {
      if name.elementsEqual(log.utf8) || kinds.contains(.overflow) { hasChanged = true }
      if kinds.contains(.ignored) { watched = nil }
      // A folder that was renamed is no longer the outbox's.
      if kinds.contains(.folderMoved) { events.forget(number) }
    }
    while events.take(look) {}
    return hasChanged
  }
}
