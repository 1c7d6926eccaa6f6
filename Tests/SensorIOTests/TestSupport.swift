import CPlatform
import Testing

@testable import SensorIO

/// A folder of its own for one test.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/edgeagent-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        _ = unlink("\(path)/\(name)")
      }
      closedir(folder)
    }
    _ = rmdir(path)
  }

  func file(_ name: String, _ content: String = "") throws -> String {
    let file = "\(path)/\(name)"
    let raw = cp_open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let descriptor = Descriptor(owning: raw)
    try descriptor.send(Array(content.utf8))
    return file
  }
}

extension Descriptor {
  /// Writes all of it; the test keeps it small enough to fit.
  func send(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    #expect(try bytes.withUnsafeBytes { try write($0) } == bytes.count)
  }

  /// One read, after waiting for it up to a second.
  func receive() throws -> (result: ReadResult, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
    _ = poll(&waiting, 1, 1000)
    let result = try bytes.withUnsafeMutableBytes { try read(into: $0) }
    guard case .bytes(let count) = result else { return (result, []) }
    return (result, Array(bytes[..<count]))
  }
}
