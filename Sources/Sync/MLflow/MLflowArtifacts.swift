import Text

/// A folder of artifacts that the MLflow server hands out itself:
/// `mlflow-artifacts:/1/models/m-…/artifacts`.
struct MLflowArtifacts {
  private static let api = "/api/2.0/mlflow-artifacts/artifacts"
  private static let scheme = "mlflow-artifacts:"
  /// The longest address: four segments of a path, each as long as a file's name may be.
  private static let uriBytesMax = 1024

  /// The path of the folder, percent-encoded, without slashes at its ends.
  let path: String
  private let plainPath: String
  let client: MLflowClient

  struct File: Equatable {
    let name: String
    let isFolder: Bool
    let bytes: Int64
  }

  /// - Returns: nil for other schemes, for an address on another server, and for a path that is too
  ///   long or has `.` or `..` in it.
  init?(uri: String, _ client: MLflowClient) {
    guard uri.hasPrefix(Self.scheme), uri.utf8.count <= Self.uriBytesMax else { return nil }
    var rest = uri.utf8.dropFirst(Self.scheme.utf8.count)
    if rest.starts(with: "//".utf8) {
      // `mlflow-artifacts:///1/…` has an empty host, which means this server.
      guard rest.starts(with: "///".utf8) else { return nil }
      rest = rest.dropFirst(2)
    }
    let segments = rest.split(separator: UInt8(ascii: "/")).map {
      String(decoding: Array($0), as: UTF8.self)
    }
    guard !segments.isEmpty, rest.first == UInt8(ascii: "/"),
      segments.allSatisfy({ $0 != "." && $0 != ".." })
    else { return nil }
    path = segments.map(URLText.encoded).joined(separator: "/")
    plainPath = segments.joined(separator: "/")
    self.client = client
  }

  /// The entries of the folder itself. An empty folder and a missing one look the same.
  ///
  /// - Throws: `.answer` for an answer without names and sizes, and what `Server.askJSON` throws.
  @export(interface)
  func list() throws(SyncError) -> [File] {
    let answer = try client.server.askJSON(.get, Self.api, query: [("path", plainPath)])
    guard let members = answer.members else { throw client.missing("a list of files") }
    guard !members.isEmpty else { return [] }
    guard let entries = answer["files"]?.array else { throw client.missing("a list of files") }
    var files: [File] = []
    for entry in entries {
      let isFolder = entry["is_dir"]?.bool ?? false
      // MLflow leaves out the size of an empty file.
      let size = entry["file_size"] ?? .integer(0)
      guard let name = entry["path"]?.string, let bytes = size.int64, bytes >= 0 else {
        throw client.missing("names and sizes of files")
      }
      files.append(File(name: name, isFolder: isFolder, bytes: bytes))
    }
    return files
  }

  func address(of name: String) throws(SyncError) -> URL {
    try client.server.address("\(Self.api)/\(path)/\(URLText.encoded(name))")
  }

  /// Writes a file, and replaces a file of that name.
  ///
  /// - Parameter name: `alerts/1.json`. The agent made its segments, so they need no encoding.
  func put(_ name: String, _ body: [UInt8], type: String) throws(SyncError) {
    let answer = try client.server.ask(
      .put, "\(Self.api)/\(path)/\(name)", body: body, type: type)
    // MLflow 3.0 answers `{}`, and 3.17 nothing.
    guard !answer.isEmpty else { return }
    guard let value = Server.parsed(answer) else { throw client.missing("a JSON object") }
    try client.check(value)
  }
}
