import CPlatform

extension Files {
  /// Copies a file over whatever is there, piece by piece, and waits until it is on the disk.
  static func copy(_ path: String, to newPath: String, bytesMax: Int) throws(Failure) {
    let source = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard source >= 0 else { throw .system(code: cp_errno()) }
    defer { close(source) }
    FaultPoint.reach()
    let target = newPath.withCString {
      cp_open($0, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    guard target >= 0 else { throw .system(code: cp_errno()) }
    defer { close(target) }
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    var size = 0
    while true {
      let count = CPlatform.read(source, &chunk, chunk.count)
      if count < 0 && cp_errno() == EINTR { continue }
      guard count >= 0 else { throw .system(code: cp_errno()) }
      if count == 0 { break }
      size += count
      guard size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
      try write(chunk[..<count], to: target)
    }
    FaultPoint.reach()
    guard fsync(target) == 0 else { throw .system(code: cp_errno()) }
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) throws(Failure) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { CPlatform.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && cp_errno() == EINTR { continue }
      guard count > 0 else { throw .system(code: count < 0 ? cp_errno() : ENOSPC) }
      rest = rest.dropFirst(count)
    }
  }
}
