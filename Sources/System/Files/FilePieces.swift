import CPlatform

/// Reads and copies files piece by piece, for files larger than the memory that may be spent on
/// them.
extension Files {
  /// 16 system calls a megabyte.
  static let pieceBytes = 64 * 1024

  /// Hands over a regular file's content in order.
  ///
  /// - Throws: `.tooLarge` after the bytes up to the limit, and what `openRegular` throws.
  package static func readPieces(
    of path: String, bytesMax: Int, links: Links = .followed,
    _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let file = try openRegular(path, links: links)
    // Swift may let go of it after its last use, before the reads.
    defer { withExtendedLifetime(file) {} }
    try readPieces(from: file.raw, bytesMax: bytesMax, take)
  }

  /// Reads what a person names on a command line: also a pipe, a FIFO or a terminal, for which this
  /// waits. No other path is read by it.
  package static func readStream(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    try readPieces(from: descriptor, bytesMax: bytesMax) { (piece) throws(Failure) in
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  /// Writes to what a person names on a command line: also a pipe, a FIFO or a device. A file is
  /// replaced, not atomically; it is made if there is none.
  package static func writeStream(_ bytes: [UInt8], to path: String) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let descriptor = path.withCString { cp_open($0, flags, 0o644) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    try writeAndClose(bytes, descriptor)
  }

  static func readPieces(
    from descriptor: Int32, bytesMax: Int, _ take: (ArraySlice<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    var piece = [UInt8](repeating: 0, count: pieceBytes)
    var left = bytesMax
    while true {
      let count = uninterrupted { CPlatform.read(descriptor, &piece, piece.count) }
      guard count >= 0 else { throw .system(code: cp_errno()) }
      if count == 0 { return }
      guard count <= left else { throw .tooLarge(bytesMax: bytesMax) }
      left -= count
      try take(piece[..<count])
    }
  }

  /// Copies a regular file over what is there, and waits until it is on the disk. Where the source
  /// cannot be opened, what was there stays. No link is followed on either side.
  package static func copy(_ path: String, to newPath: String, bytesMax: Int) throws(Failure) {
    let source = try openRegular(path, links: .refused)
    defer { withExtendedLifetime(source) {} }
    let target = try openRegular(
      newPath, flags: O_WRONLY | O_CREAT | O_TRUNC, links: .refused)
    try readPieces(from: source.raw, bytesMax: bytesMax) { (piece) throws(Failure) in
      try piece.span.withUnsafeBytes { (bytes) throws(Failure) in
        try writeAll(bytes, to: target.raw)
      }
    }
    try synchronize(target)
  }

  /// Writes all of the bytes to an open file.
  package static func append(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    try bytes.span.withUnsafeBytes { (bytes) throws(Failure) in
      try writeAll(bytes, to: descriptor)
    }
  }

  static func writeAndClose(_ bytes: [UInt8], _ descriptor: Int32) throws(Failure) {
    do throws(Failure) {
      try append(bytes, to: descriptor)
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .system(code: cp_errno()) }
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
