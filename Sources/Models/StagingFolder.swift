import CPlatform
import Config
import System

/// `<models>/.staging`: where a bundle lies until it has been verified. It is on the models' own
/// file system, so that one rename puts a whole version into place.
///
///     <models>/.staging/download-fall-3/fall/3/…    a bundle on its way here
///                       trash-<process>/…           what is being removed
///
/// Whoever has one holds the models folder's lock. A download stays, so that the next process goes
/// on with it, until another version of the same model is wanted; one that is under way stays too.
package final class StagingFolder {
  private static let trashPrefix = "trash-"
  private static let downloadPrefix = "download-"
  /// As many as pipelines may wait for a model; a board whose models changed names keeps no more
  /// than that of the old ones.
  private static let downloadsMax = ConfigurationLimits.pipelinesMax
  private let lock: FolderLock
  private let all: String
  package let models: String
  /// `<models>/.staging/trash-<process>`: on the same file system, gone with this object.
  package let trash: String

  @export(interface)
  package init(models: String) throws(ModelsError) {
    self.models = models
    all = models + "/.staging"
    trash = all + "/" + Self.trashPrefix + "\(getpid())"
    do throws(Files.Failure) {
      try Folders.make(models)
      guard let lock = try FolderLock(models) else { throw .system(code: EWOULDBLOCK) }
      self.lock = lock
      try Folders.make(all)
      for name in Folders.allNames(in: all) where !Self.isDownload(all + "/" + name) {
        Folders.removeTree(all + "/" + name)
      }
      try Folders.make(trash)
    } catch {
      if error == .system(code: EWOULDBLOCK) { throw .busy(folder: models) }
      throw .file(path: models, error)
    }
  }

  deinit { Folders.removeTree(trash) }

  /// Where a bundle lies until it is verified, and where an earlier download of it may be: the end
  /// of the path says what the bundle has to say of itself.
  package func place(_ reference: InstallReference) -> String {
    download(reference) + "/" + reference.text
  }

  /// Makes the place, and removes downloads of other versions of the model.
  @export(interface)
  package func makePlace(_ reference: InstallReference) throws(ModelsError) {
    let wanted = Self.name(reference)
    let downloads = Folders.allNames(in: all).filter {
      $0.hasPrefix(Self.downloadPrefix) && !$0.utf8.elementsEqual(wanted.utf8)
    }
    for name in downloads where !Self.isInUse(all + "/" + name) {
      let isOfModel = Files.kind(all + "/" + name + "/" + reference.name) == .folder
      if isOfModel || downloads.count >= Self.downloadsMax {
        Folders.removeTree(all + "/" + name)
      }
    }
    let folder = download(reference)
    do throws(Files.Failure) {
      try Folders.make(folder)
      try Folders.make(folder + "/" + reference.name)
      try Folders.make(place(reference))
    } catch {
      throw .file(path: folder, error)
    }
  }

  /// Whoever writes into a place or verifies it holds this: the models folder's lock is let go of
  /// while something is fetched, and what was verified must be what gets its name.
  ///
  /// - Throws: `.busy` while another process does.
  package func lockPlace(_ reference: InstallReference) throws(ModelsError) -> FolderLock {
    let folder = download(reference)
    do throws(Files.Failure) {
      if let lock = try FolderLock(folder) { return lock }
    } catch {
      throw .file(path: folder, error)
    }
    throw .busy(folder: folder)
  }

  /// What is of no use any more, or has got its place.
  package func removePlace(_ reference: InstallReference) {
    Folders.removeTree(download(reference))
  }

  private func download(_ reference: InstallReference) -> String {
    all + "/" + Self.name(reference)
  }

  /// Not one whose bundle has got its place by now; one in which somebody works, whatever is in it.
  private static func isDownload(_ path: String) -> Bool {
    guard Files.name(of: path).hasPrefix(downloadPrefix) else { return false }
    let isFilled = Folders.allNames(in: path).contains { model in
      !Folders.allNames(in: path + "/" + model).isEmpty
    }
    return isFilled || isInUse(path)
  }

  private static func isInUse(_ path: String) -> Bool { (try? FolderLock(path)) == nil }

  private static func name(_ reference: InstallReference) -> String {
    "\(downloadPrefix)\(reference.name)-\(reference.version)"
  }
}

/// One version of one model; both are names that are safe as folders.
package struct InstallReference: Equatable {
  package let name: String
  package let version: String

  package var text: String { "\(name)/\(version)" }

  /// `fall/1`
  package init?(_ text: String) {
    let (name, version) = ConfigurationText.split(text, at: "/")
    guard let version, ConfigurationText.isDottedName(name),
      ConfigurationText.isDottedName(version)
    else { return nil }
    self.init(name: name, version: version)
  }

  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }
}
