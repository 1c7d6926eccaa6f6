import CPlatform
import Config
import System

/// `<models>/.staging`: a bundle is here until the agent has verified it. The folder is on the file
/// system of the models, so that one rename puts a whole version into place. Where sync runs as
/// another user it has a folder of its own instead, from which the core copies.
///
///     <models>/.staging/download-fall-3/fall/3/…    a bundle on its way here
///                       trash-<process>/…           files that the process removes
///
/// While this object lives, its process holds the lock of the models folder, or of the other one. A
/// download stays until a process wants another version of the same model, so that the next process
/// can go on with it. A download in which another process works stays in any case.
package final class StagingFolder {
  private static let trashPrefix = "trash-"
  private static let downloadPrefix = "download-"
  /// The staging folder keeps so many downloads: one for each pipeline that may wait for a model.
  /// So a board whose models changed names keeps no more old downloads than that.
  private static let downloadsMax = ConfigurationLimits.pipelinesMax
  private let lock: FolderLock
  private let all: String
  package let models: String
  /// `<models>/.staging/trash-<process>`, on the same file system. It goes when this object goes.
  package let trash: String

  /// Takes the lock, and removes what earlier processes left in staging except downloads.
  ///
  /// - Parameter staging: in the place of `<models>/.staging`.
  /// - Throws: `.busy` while another process holds the lock; `.file`.
  @export(interface)
  package init(models: String, staging: String? = nil) throws(ModelsError) {
    self.models = models
    all = staging ?? models + "/.staging"
    trash = all + "/" + Self.trashPrefix + "\(getpid())"
    do throws(Files.Failure) {
      let locked = staging ?? models
      try Folders.make(locked)
      guard let lock = try FolderLock(locked) else { throw .system(code: EWOULDBLOCK) }
      self.lock = lock
      try Folders.make(all)
      for name in Folders.allNames(in: all) where !Self.isDownload(all + "/" + name) {
        Folders.removeTree(all + "/" + name)
      }
      try Folders.make(trash)
    } catch {
      if error == .system(code: EWOULDBLOCK) { throw .busy(folder: staging ?? models) }
      throw .file(path: staging ?? models, error)
    }
  }

  deinit { Folders.removeTree(trash) }

  /// The place of a bundle until the agent has verified it. An earlier download of it may be there.
  /// The path ends with the name and the version that the bundle's manifest must have.
  package func place(_ reference: InstallReference) -> String {
    download(reference) + "/" + reference.text
  }

  /// Makes the place, and removes downloads of other versions of the model. When there are too many
  /// downloads, this removes all others in which no process works.
  ///
  /// - Parameter isEmpty: an earlier download of it goes.
  @export(interface)
  package func makePlace(
    _ reference: InstallReference, isEmpty: Bool = false
  ) throws(ModelsError) {
    if isEmpty { removePlace(reference) }
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

  /// A process holds this lock while it writes into a place or verifies its files. It needs this
  /// lock because it does not hold the models folder's lock while it fetches files, and because no
  /// other process may change files that it has verified.
  ///
  /// - Throws: `.busy` while another process holds it.
  package func lockPlace(_ reference: InstallReference) throws(ModelsError) -> FolderLock {
    let folder = download(reference)
    do throws(Files.Failure) {
      if let lock = try FolderLock(folder) { return lock }
    } catch {
      throw .file(path: folder, error)
    }
    throw .busy(folder: folder)
  }

  /// Removes a download that is of no use any more, or whose bundle is in its place.
  package func removePlace(_ reference: InstallReference) {
    Folders.removeTree(download(reference))
  }

  /// The way of a bundle from a staging folder.
  static func way(to reference: InstallReference) -> String {
    name(reference) + "/" + reference.text
  }

  private func download(_ reference: InstallReference) -> String {
    all + "/" + Self.name(reference)
  }

  /// Whether this is a download to keep: it has files, or a process works in it. A download whose
  /// bundle is in its place has no files.
  private static func isDownload(_ path: String) -> Bool {
    guard Files.name(of: path).hasPrefix(downloadPrefix) else { return false }
    let isFilled = Folders.allNames(in: path).contains { model in
      !Folders.allNames(in: path + "/" + model).isEmpty
    }
    return isFilled || isInUse(path)
  }

  private static func isInUse(_ path: String) -> Bool {
    Files.kind(path, links: .refused) == .folder && (try? FolderLock(path)) == nil
  }

  private static func name(_ reference: InstallReference) -> String {
    "\(downloadPrefix)\(reference.name)-\(reference.version)"
  }
}

/// One version of one model. Both names are safe as names of folders.
package struct InstallReference: Equatable {
  package let name: String
  package let version: String

  package var text: String { "\(name)/\(version)" }

  /// Reads `fall/1`; nil for text of another form.
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
