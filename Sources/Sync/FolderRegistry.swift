import CPlatform
import Config
import Models
import System
import Text
import Trust

/// `dir:/media/usb`: a folder with the layout of the models folder, `<name>/<version>/…`. It is for
/// boards that never see a network.
package final class FolderRegistry: ModelRegistry {
  let folder: String

  package init(folder: String) { self.folder = folder }

  /// The names of the models there, in order.
  ///
  /// - Throws: `.folder` and `.empty`.
  @export(interface)
  package func names() throws(RegistryError) -> [String] {
    let names: [String]
    do throws(Files.Failure) {
      names = try Files.names(in: folder)
    } catch {
      throw .folder(path: folder, error)
    }
    let models = names.filter {
      ConfigurationText.isDottedName($0) && !model($0).versions.isEmpty
    }
    guard !models.isEmpty else { throw .empty(folder: folder) }
    return models
  }

  /// - Returns: the newest version there, or the one that the caller names.
  /// - Throws: `.notThere`, and what `names()` throws.
  @export(interface)
  package func find(_ name: String, version: String?) throws(RegistryError) -> InstallReference {
    let names = try names()
    guard names.contains(bytesOf: name), let newest = model(name).versions.last else {
      throw .notThere(path: folder + "/" + name, available: names)
    }
    guard let version else { return InstallReference(name: name, version: newest) }
    guard model(name).has(version) else {
      throw .notThere(path: path(name, version), available: model(name).versions)
    }
    return InstallReference(name: name, version: version)
  }

  @export(interface)
  package func find(_ name: String, alias: String?) throws(SyncError) -> RegistryVersion {
    do throws(RegistryError) {
      if let alias { throw .aliasInFolder(folder: folder, alias: alias) }
      return found(try find(name, version: nil))
    } catch {
      throw .registry(error)
    }
  }

  /// Describes a version in the folder. The signature covers all other files of the bundle, so the
  /// digest of the signature tells one content from another.
  package func found(_ reference: InstallReference) -> RegistryVersion {
    let path = place(reference) + "/" + BundleSignature.fileName
    let signature =
      (try? Files.read(path, bytesMax: BundleSignature.fileBytesMax, links: .refused)) ?? []
    return RegistryVersion(
      reference: reference, revision: "\(reference.version)-\(Digest(of: signature).text)",
      trial: isWithoutTrial(reference) ? .without : .unsaid)
  }

  /// A folder has no tags. The file `<name>/without-trial` lists the versions that the owner wants
  /// to take over without a trial, one a line.
  private func isWithoutTrial(_ reference: InstallReference) -> Bool {
    let path = model(reference.name).folder + "/" + Self.withoutTrialFile
    guard Files.kind(path) == .file,
      let bytes = try? Files.read(path, bytesMax: Self.withoutTrialBytesMax)
    else { return false }
    return bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
      .contains { $0.elementsEqual(reference.version.utf8) }
  }

  private static let withoutTrialFile = "without-trial"
  /// Some hundred versions; of a longer file nothing counts.
  private static let withoutTrialBytesMax = 4096

  @export(interface)
  package func fetch(_ version: RegistryVersion, into folder: String) throws(SyncError) {
    let source = place(version.reference)
    let names = try Self.names(in: source)
    var (path, target) = (source, folder)
    do throws(Files.Failure) {
      for name in try Files.names(in: folder) where !names.contains(bytesOf: name) {
        Folders.removeTree(folder + "/" + name)
      }
      for name in names {
        (path, target) = (source + "/" + name, folder + "/" + name)
        // What is no file of an earlier try is in the way of this one.
        if Files.kind(target, links: .refused) != .file { Folders.removeTree(target) }
        try Files.copy(path, to: target, bytesMax: BundleLimits.modelBytesMax)
      }
    } catch {
      let isFull = error == .system(code: ENOSPC) || error == .system(code: EDQUOT)
      throw .models(.file(path: isFull ? target : path, error))
    }
  }

  /// - Returns: one name more than a bundle may have. Then the check of the signature says which
  ///   file is too many.
  private static func names(in source: String) throws(SyncError) -> [String] {
    let names: [String]
    do throws(Files.Failure) {
      names = try OpenedFolder(source).names(countMax: BundleDigests.filesMax + 2)
    } catch {
      throw .models(.file(path: source, error))
    }
    for name in names where !BundleDigests.isName(name) {
      throw .trust(.hiddenFile(path: source + "/" + name))
    }
    return names
  }

  /// Does nothing, because no owner reads a report on a USB stick.
  package func report(_ state: String, of version: RegistryVersion, by agent: String) {}

  package func place(_ reference: InstallReference) -> String {
    path(reference.name, reference.version)
  }

  private func path(_ name: String, _ version: String) -> String {
    model(name).folder(of: version)
  }

  private func model(_ name: String) -> InstalledVersions { InstalledVersions(name, in: folder) }
}
