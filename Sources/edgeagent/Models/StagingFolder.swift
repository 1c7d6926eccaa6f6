import CPlatform

/// `<models>/.staging`: where a bundle lies until it has been verified. It is on the models' own
/// file system, so that one rename puts a whole version into place.
///
/// Whoever has one holds the models folder's lock; what an earlier process left behind is removed.
/// Downloads that are to be resumed have other names and stay.
final class StagingFolder {
  private static let prefix = "install-"
  private let lock: FolderLock
  let models: String
  /// `<models>/.staging/install-<process>`
  let path: String

  init(models: String) throws(ModelsError) {
    self.models = models
    let all = models + "/.staging"
    path = all + "/" + Self.prefix + "\(getpid())"
    do throws(Files.Failure) {
      try Folders.make(models)
      guard let lock = try FolderLock(models) else { throw .system(code: EWOULDBLOCK) }
      self.lock = lock
      try Folders.make(all)
      for name in Folders.allNames(in: all) where name.hasPrefix(Self.prefix) {
        Folders.removeTree(all + "/" + name)
      }
      try Folders.make(path)
    } catch {
      if error == .system(code: EWOULDBLOCK) { throw .busy(folder: models) }
      throw .file(path: models, error)
    }
  }

  deinit { Folders.removeTree(path) }

  /// Makes a place that says what the bundle has to say of itself: `<path>/<name>/<version>`.
  func makePlace(_ reference: InstallReference) throws(ModelsError) {
    let model = path + "/" + reference.name
    do throws(Files.Failure) {
      try Folders.make(model)
      try Folders.make(model + "/" + reference.version)
    } catch {
      throw .file(path: model, error)
    }
  }
}

/// One version of one model; both are names that are safe as folders.
struct InstallReference: Equatable {
  let name: String
  let version: String

  var text: String { "\(name)/\(version)" }

  /// `fall/1`
  init?(_ text: String) {
    let (name, version) = ConfigurationText.split(text, at: "/")
    guard let version, ConfigurationText.isDottedName(name),
      ConfigurationText.isDottedName(version)
    else { return nil }
    self.init(name: name, version: version)
  }

  init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}

extension FolderLock {
  /// Does something while no other process changes the models folder.
  ///
  /// - Returns: false, with nothing done, while another does, or where there is no such folder.
  static func holding(
    _ folder: String, _ step: () throws(ModelsError) -> Void
  ) throws(ModelsError) -> Bool {
    guard let lock = try? FolderLock(folder) else { return false }
    defer { withExtendedLifetime(lock) {} }
    try step()
    return true
  }
}
