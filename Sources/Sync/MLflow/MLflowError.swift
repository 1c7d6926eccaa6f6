/// Why the answer of an MLflow server is of no use on this board.
package enum MLflowError: Error, Equatable {
  /// There is no model of that name, or it has no versions.
  case noVersion(model: String)
  /// The version is not registered yet, or its registration failed.
  case notReady(model: String, version: String, status: String)
  /// The tag `edgeagent.version`, or the model's name, cannot be the name of a folder.
  case versionName(model: String, version: String, text: String)
  /// The server does not hand out the artifacts itself: `s3://…`
  case artifactScheme(uri: String)
  /// The version's name or its digests are no longer those that sync found before.
  case changed(model: String, version: String)
  /// The tag `edgeagent.sha256` is no list as sha256sum writes it.
  case digestList(model: String, version: String)
  case files(MLflowFilesFault)
  /// The experiment of that name is deleted.
  case experimentDeleted(name: String)

  /// Whether another try may succeed without a change by a person.
  var isPassing: Bool {
    switch self {
    case .changed: true
    case .notReady(_, _, let status): status.utf8.elementsEqual("PENDING_REGISTRATION".utf8)
    default: false
    }
  }
}

/// Why the artifacts of a model version are no bundle.
package enum MLflowFilesFault: Error, Equatable {
  case folder(name: String)
  case name(String)
  case missing(name: String)
  /// The list of digests does not have the file.
  case unlisted(name: String)
  case tooMany(filesMax: Int)
  case tooLarge(name: String, bytes: Int64, bytesMax: Int64)
}
