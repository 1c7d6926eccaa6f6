/// Why what an MLflow server has is of no use here, though it answered.
package enum MLflowError: Error, Equatable {
  /// Not a model, or one without versions.
  case noVersion(model: String)
  /// Still being registered, or failed to.
  case notReady(model: String, version: String, status: String)
  /// The tag `edgeagent.version` is no name for a folder.
  case versionName(model: String, version: String, text: String)
  /// Artifacts elsewhere than behind the server: `s3://…`
  case artifactScheme(uri: String)
  /// The version's digests are no longer those that it was found with.
  case changed(model: String, version: String)
  /// The tag `edgeagent.sha256` is not what sha256sum writes.
  case digestList(model: String, version: String)
  case files(MLflowFilesFault)
  case experimentDeleted(name: String)

  var isPassing: Bool {
    switch self {
    case .changed: true
    case .notReady(_, _, let status): status.utf8.elementsEqual("PENDING_REGISTRATION".utf8)
    default: false
    }
  }
}

/// What no bundle looks like, in a model version's artifacts.
package enum MLflowFilesFault: Error, Equatable {
  case folder(name: String)
  case name(String)
  case missing(name: String)
  /// Not in the list of digests.
  case unlisted(name: String)
  case tooMany(filesMax: Int)
  case tooLarge(name: String, bytes: Int64, bytesMax: Int64)
}
