import CPlatform
import System

/// Tells when somebody has written to the store (inotify(7)), so that an alert need not wait for
/// the next interval.
///
/// The store's log is what counts: it is written by every commit, and never by a look. That it is
/// made and removed says nothing: whoever opens a store that nobody has open does both.
final class OutboxWatcher {
  /// Readable when something in the store's folder changed; -1 where the kernel does not tell.
  let descriptor: Int32
  private let folder: String
  private let log: String
  private let buffer: UnsafeMutableRawBufferPointer
  private var isWatching = false

  init(store: String) {
    folder = Files.folder(of: store)
    log = Files.name(of: store) + "-wal"
    buffer = .allocate(byteCount: 4096, alignment: 16)
    descriptor = inotify_init1(CP_INOTIFY_FLAGS)
    watch()
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Watches a folder that was not there before, or that was replaced by another one: the core may
  /// make it later, a disk may be mounted over it.
  ///
  /// - Returns: whether the watch began now: what was written before is not told.
  @discardableResult
  func watch() -> Bool {
    guard descriptor >= 0, !isWatching else { return false }
    isWatching =
      folder.withCString {
        inotify_add_watch(descriptor, $0, UInt32(CP_IN_MODIFY | CP_IN_MOVE_SELF))
      } >= 0
    return isWatching
  }

  /// Takes what came; true when the store's log was written, or may have been.
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
        // Renamed away, it is no longer the store's folder.
        if mask & CP_IN_MOVE_SELF != 0 {
          inotify_rm_watch(
            descriptor, buffer.loadUnaligned(fromByteOffset: start, as: Int32.self))
        }
        start += 16 + length
      }
    }
  }
}
