import CPlatform
import System

extension Digest {
  /// Of a file's content, piece by piece.
  init(ofFile path: String) throws(Files.Failure) {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    var hash = DigestStream()
    var chunk = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = CPlatform.read(descriptor, &chunk, chunk.count)
      if count < 0 && cp_errno() == EINTR { continue }
      guard count >= 0 else { throw .system(code: cp_errno()) }
      if count == 0 { break }
      hash.update(chunk[..<count])
    }
    self = hash.finish()
  }
}
