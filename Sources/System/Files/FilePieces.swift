import CPlatform

/// Reads and copies files piece by piece, for files larger than the memory that may be spent on
/// them.
extension Files {
  /// 16 system calls a megabyte.
  static let pieceBytes = 64 * 1024

  /// Hands over a file's content in order.
  package static func readPieces(
    of path: String, bytesMax: Int = .max, _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    try readPieces(from: descriptor, bytesMax: bytesMax, take)
  }

  static func readPieces(
    from descriptor: Int32, bytesMax: Int, _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    var size = 0
    while true {
      let count = uninterrupted { CPlatform.read(descriptor, &piece, piece.count) }
      guard count >= 0 else { throw .system(code: cp_errno()) }
      if count == 0 { return }
      size += count
      guard size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
      try take(piece[..<count])
    }
  }

  /// Copies a file over what is there, and waits until it is on the disk. Where the source is not a
  /// regular file, what was there stays.
  package static func copy(
    _ name: String, of folder: OpenedFolder, to newPath: String, bytesMax: Int
  ) throws(Failure) {
    var target: Descriptor?
    func opened() throws(Failure) -> Int32 {
      if let target { return target.raw }
      let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
      let raw = newPath.withCString { cp_open($0, flags, 0o644) }
      guard raw >= 0 else { throw .system(code: cp_errno()) }
      target = Descriptor(owning: raw)
      return raw
    }
    try folder.readPieces(of: name, bytesMax: bytesMax) { (piece) throws(Failure) in
      let target = try opened()
      try piece.span.withUnsafeBytes { (bytes) throws(Failure) in try writeAll(bytes, to: target) }
    }
    guard fsync(try opened()) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Writes all of the bytes to an open file.
  package static func append(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    try bytes.span.withUnsafeBytes { (bytes) throws(Failure) in
      try writeAll(bytes, to: descriptor)
    }
  }

  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
  ) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let count = uninterrupted {
        CPlatform.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      }
      guard count > 0 else { throw .system(code: count < 0 ? cp_errno() : ENOSPC) }
      done += count
    }
  }
}
