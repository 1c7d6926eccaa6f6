import Text

/// As much of MLflow's REST interface as a board needs. The tests run MLflow 3.0 and 3.17.
struct MLflowClient {
  private static let api = "/api/2.0/mlflow"
  let server: Server

  init(_ server: Server) { self.server = server }

  /// The server, as messages name it.
  var place: String { "mlflow:\(server.base.text.trimmingSlash)" }

  // MARK: Registered models

  func modelVersion(_ name: String, alias: String) throws(SyncError) -> MLflowModelVersion {
    try version(
      try look("/registered-models/alias", [("name", name), ("alias", alias)]), of: name)
  }

  func modelVersion(_ name: String, number: String) throws(SyncError) -> MLflowModelVersion {
    try version(
      try look("/model-versions/get", [("name", name), ("version", number)]), of: name)
  }

  /// The version with the highest number. This does not use `get-latest-versions`, because that
  /// request is about stages, which MLflow 3 is about to drop.
  ///
  /// - Throws: `.noVersion`, and what `Server.askJSON` throws.
  @export(interface)
  func newestVersion(_ name: String) throws(SyncError) -> MLflowModelVersion {
    let query: [(name: String, value: String)] = [
      ("filter", "name = '\(name)'"), ("order_by", "version_number DESC"), ("max_results", "1"),
    ]
    let answer = try look("/model-versions/search", query)
    guard answer.hasObject else { throw missing("model versions") }
    // MLflow leaves out an empty list.
    guard answer.hasVersion else { throw .mlflow(place: place, .noVersion(model: name)) }
    return try version(answer, of: name)
  }

  /// The folder with the files of a version. The version's `source` is not enough, because it may
  /// name a logged model.
  func artifacts(of name: String, number: String) throws(SyncError) -> MLflowArtifacts {
    let answer = try get(
      "/model-versions/get-download-uri", [("name", name), ("version", number)])
    guard let uri = answer["artifact_uri"]?.string else { throw missing("an artifact_uri") }
    return try artifacts(uri)
  }

  /// Writes a tag of a version, and replaces a tag of that key.
  @export(interface)
  func setTag(
    _ key: String, _ value: String, of name: String, number: String
  ) throws(SyncError) {
    _ = try post("/model-versions/set-tag") { writer in
      writer.member("name", name)
      writer.member("version", number)
      writer.member("key", key)
      writer.member("value", value)
    }
  }

  private func look(
    _ path: String, _ query: [(name: String, value: String)]
  ) throws(SyncError) -> MLflowVersionReader {
    let reader = MLflowVersionReader()
    try server.read(Self.api + path, query: query, with: reader)
    return reader
  }

  private func version(
    _ answer: MLflowVersionReader, of name: String
  ) throws(SyncError) -> MLflowModelVersion {
    guard let version = answer.version, version.name.utf8.elementsEqual(name.utf8) else {
      throw missing("a model version")
    }
    return version
  }

  // MARK: What the parts of this client share

  /// - Throws: `.artifactScheme` for a folder that this server does not hand out.
  func artifacts(_ uri: String) throws(SyncError) -> MLflowArtifacts {
    guard let artifacts = MLflowArtifacts(uri: uri, self) else {
      throw .mlflow(place: place, .artifactScheme(uri: String(uri.prefix(200))))
    }
    return artifacts
  }

  func get(
    _ path: String, _ query: [(name: String, value: String)]
  ) throws(SyncError) -> JSONValue {
    try check(try server.askJSON(.get, Self.api + path, query: query))
  }

  /// Most of MLflow's requests here say what shall be, so the same request a second time changes
  /// nothing. For a request that makes something, the caller has to give `isRepeatable: false`.
  ///
  /// - Parameter write: writes the members of the body.
  func post(
    _ path: String, isRepeatable: Bool = true, _ write: (inout JSONWriter) -> Void
  ) throws(SyncError) -> JSONValue {
    try check(
      try server.askJSON(
        .post, Self.api + path, body: Array(JSONWriter.text(write).utf8),
        isRepeatable: isRepeatable))
  }

  /// MLflow answers every request with an object. An object with an error is no success, whatever
  /// status a proxy gave it.
  @discardableResult
  func check(_ answer: JSONValue) throws(SyncError) -> JSONValue {
    guard answer.members != nil else { throw missing("a JSON object") }
    if let objection = Receipt.objection(in: answer) {
      throw missing("a success (\(objection))")
    }
    return answer
  }

  func missing(_ what: String) -> SyncError { .answer(place: place, missing: what) }
}

extension String {
  fileprivate var trimmingSlash: String {
    utf8.last == UInt8(ascii: "/") ? String(dropLast()) : self
  }
}
