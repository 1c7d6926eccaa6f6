import CPlatform

/// What happens in folders, as Linux tells it (inotify(7)).
package final class FolderEvents {
  /// Readable when something happened; -1 where Linux does not tell.
  package let descriptor: Int32
  /// Room for 15 events with the longest names; more come with the next read.
  private let buffer: UnsafeMutableRawBufferPointer

  package struct Kinds: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ mask: Int32) { rawValue = UInt32(bitPattern: mask) }

    package static let modified = Kinds(CP_IN_MODIFY)
    /// A name that is new in the folder.
    package static let appeared = Kinds(CP_IN_CREATE | CP_IN_MOVED_TO)
    /// Rights or times of a file.
    package static let attributes = Kinds(CP_IN_ATTRIB)
    /// The folder itself has another name now.
    package static let folderMoved = Kinds(CP_IN_MOVE_SELF)
    /// The kernel could not keep all events: anything may have happened.
    package static let overflow = Kinds(CP_IN_Q_OVERFLOW)
    /// The folder is gone, or was told to be watched no longer.
    package static let ignored = Kinds(CP_IN_IGNORED)
  }

  package init() {
    descriptor = inotify_init1(CP_INOTIFY_FLAGS)
    buffer = .allocate(byteCount: 4096, alignment: 16)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  /// - Returns: the number of the folder, the same for the same folder; nil where it cannot be
  ///   watched, because it is not there.
  package func watch(_ folder: String, _ kinds: Kinds) -> Int32? {
    guard descriptor >= 0 else { return nil }
    let number = folder.withCString { inotify_add_watch(descriptor, $0, kinds.rawValue) }
    return number >= 0 ? number : nil
  }

  package func forget(_ folder: Int32) { inotify_rm_watch(descriptor, folder) }

  /// Takes what came, a buffer of it: what is left the poller tells again.
  ///
  /// - Parameter body: gets the folder's number, what happened, and the name in the folder.
  /// - Returns: whether there was something.
  @export(interface)
  package func take(_ body: (Int32, Kinds, Slice<UnsafeRawBufferPointer>) -> Void) -> Bool {
    guard descriptor >= 0 else { return false }
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    guard count > 0 else { return false }
    // `inotify_event`: wd, mask, cookie, length of the name, the name.
    let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    var start = 0
    while start + 16 <= count {
      let folder = bytes.loadUnaligned(fromByteOffset: start, as: Int32.self)
      let mask = bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
      let length = Int(bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
      let end = min(start + 16 + length, count)
      body(folder, Kinds(rawValue: mask), bytes[start + 16..<end].prefix { $0 != 0 })
      start = end
    }
    return true
  }
}
