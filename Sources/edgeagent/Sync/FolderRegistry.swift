/// `dir:/media/usb`: a folder laid out as the models folder is, `<name>/<version>/…`, for boards
/// that never see a network.
struct FolderRegistry {
  let folder: String

  /// The models there, by name.
  func names() throws(RegistryError) -> [String] {
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

  /// - Returns: the newest version there, or the one that is asked for.
  func find(_ name: String, version: String?) throws(RegistryError) -> InstallReference {
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

  func path(_ name: String, _ version: String) -> String { model(name).folder(of: version) }

  private func model(_ name: String) -> InstalledVersions { InstalledVersions(name, in: folder) }
}

/// Where models come from, as a user writes it.
enum RegistryAddress: Equatable {
  /// `dir:/media/usb`
  case folder(String)

  init(_ text: String) throws(RegistryError) {
    let (scheme, rest) = ConfigurationText.split(text, at: ":")
    guard let rest, !rest.isEmpty, scheme.utf8.elementsEqual("dir".utf8) else {
      throw .address(text)
    }
    self = .folder(rest)
  }
}

/// Why a registry gave no model.
enum RegistryError: Error, Equatable {
  case address(String)
  case folder(path: String, Files.Failure)
  case empty(folder: String)
  case notThere(path: String, available: [String])
}
