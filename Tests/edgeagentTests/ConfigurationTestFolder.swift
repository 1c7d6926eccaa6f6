import CPlatform
import Testing

/// Files on disk for a test.
enum ConfigurationTestFolder {
  /// Calls `body` with a new folder and removes it after.
  static func use(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/edgeagent-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { removeFolder(folder) }
    try body(folder)
  }

  static func write(_ text: String, to path: String) {
    let descriptor = cp_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let bytes = Array(text.utf8)
    precondition(CPlatform.write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  static func removeFolder(_ folder: String) {
    guard let stream = opendir(folder) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard name != ".", name != ".." else { continue }
      let path = "\(folder)/\(name)"
      if unlink(path) != 0 { removeFolder(path) }
    }
    closedir(stream)
    rmdir(folder)
  }
}
