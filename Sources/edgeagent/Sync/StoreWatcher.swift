import CPlatform

/// Tells when somebody has written to the store (inotify(7)), so that an alert need not wait for the
/// next interval.
final class StoreWatcher {
  /// Readable when something in the store's folder changed; -1 where that cannot be watched.
  let descriptor: Int32
  private let log: String
  private let buffer: UnsafeMutableRawBufferPointer

  init(store: String) {
    log = Files.name(of: store) + "-wal"
    buffer = .allocate(byteCount: 4096, alignment: 16)
    let opened = inotify_init1(CP_INOTIFY_FLAGS)
    let folder = Files.folder(of: store)
    let watch = folder.withCString { inotify_add_watch(opened, $0, UInt32(CP_IN_WRITTEN)) }
    descriptor = watch >= 0 ? opened : -1
    if watch < 0, opened >= 0 { close(opened) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// Takes what came; true when the store's log was written.
  func hasChanged() -> Bool {
    guard descriptor >= 0 else { return false }
    var hasChanged = false
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return hasChanged }
      // `inotify_event`: wd, mask, cookie, length of the name, the name.
      var start = 0
      while start + 16 <= count {
        let length = Int(buffer.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
        let name = buffer[start + 16..<min(start + 16 + length, count)].prefix { $0 != 0 }
        if name.elementsEqual(log.utf8) { hasChanged = true }
        start += 16 + length
      }
    }
  }
}
