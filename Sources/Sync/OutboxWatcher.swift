import CPlatform
import System

/// Tells when a process has written to the outbox (inotify(7)), so that an alert need not wait for
/// the next interval.
///
/// The outbox's log (`-wal`) is what counts: every commit writes it, and a look never does. That
/// the log comes and goes says nothing: the first process that opens an outbox makes it, and the
/// last one that closes the outbox removes it.
final class OutboxWatcher {
  /// Readable when something in the outbox's folder changed; -1 where Linux does not tell.
  let descriptor: Int32
  private let folder: String
  private let log: String
  private let buffer: UnsafeMutableRawBufferPointer
  private var isWatching = false

  init(outbox: String) {
    folder = Files.folder(of: outbox)
    log = Files.name(of: outbox) + "-wal"
    buffer = .allocate(byteCount: 4096, alignment: 16)
    descriptor = inotify_init1(CP_INOTIFY_FLAGS)
    watch()
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Watches a folder that was not there before, or in whose place another one is now: the core may
  /// make it later, a person may mount a disk over it.
  ///
  /// - Returns: whether the watch began now: the kernel tells nothing of what was written before.
  @discardableResult
  func watch() -> Bool {
    guard descriptor >= 0, !isWatching else { return false }
    isWatching =
      folder.withCString {
        inotify_add_watch(descriptor, $0, UInt32(CP_IN_MODIFY | CP_IN_MOVE_SELF))
      } >= 0
    return isWatching
  }

  /// Takes what came; true when a process wrote the outbox's log, or may have.
  @export(interface)
  func hasChanged() -> Bool {
    guard descriptor >= 0 else { return false }
    var hasChanged = false
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return hasChanged }
      // `inotify_event`: wd, mask, cookie, length of the name, the name.
      var start = 0
      while start + 16 <= count {
        let mask = Int32(
          bitPattern: buffer.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
        let length = Int(buffer.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
        let name = buffer[start + 16..<min(start + 16 + length, count)].prefix { $0 != 0 }
        if name.elementsEqual(log.utf8) || mask & CP_IN_Q_OVERFLOW != 0 { hasChanged = true }
        if mask & CP_IN_IGNORED != 0 { isWatching = false }
        // A folder that was renamed is no longer the outbox's.
        if mask & CP_IN_MOVE_SELF != 0 {
          inotify_rm_watch(
            descriptor, buffer.loadUnaligned(fromByteOffset: start, as: Int32.self))
        }
        start += 16 + length
      }
    }
  }
}
