import Config
import System

/// The folder of the installed models, `<name>/<version>/`.
package struct ModelsFolder {
  package let folder: String

  package init(folder: String) {
    self.folder = folder
  }

  package func model(_ name: String) -> InstalledVersions { InstalledVersions(name, in: folder) }

  /// The models that have a folder, even an empty one.
  package var names: [String] {
    let names = (try? Files.names(in: folder)) ?? []
    return names.filter(ConfigurationText.isDottedName)
  }

  /// The bundle's folder. Where the reference names no version, this is the folder of the active
  /// version, or of the newest where no version is active.
  ///
  /// - Throws: `.notInstalled` and `.versionNotInstalled`.
  @export(interface)
  package func locate(_ reference: ModelReference) throws(BundleError) -> String {
    let model = model(reference.name)
    if let version = reference.version {
      guard model.has(version) else {
        throw model.notInstalled(version)
      }
      return model.folder(of: version)
    }
    guard let current = model.current else {
      throw model.notInstalled(nil)
    }
    return model.folder(of: current)
  }

  /// Compares by numbers where the names hold numbers: 9 is older than 10, and 1.9 is older than
  /// 1.10.
  package static func isOlder(_ one: String, than other: String) -> Bool {
    let (left, right) = (pieces(one), pieces(other))
    for (a, b) in zip(left, right) where a != b {
      guard let x = UInt64(a), let y = UInt64(b) else { return a < b }
      if x != y { return x < y }
    }
    return left.count < right.count
  }

  private static func pieces(_ version: String) -> [String] {
    version.utf8.split { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
      .map { String(decoding: $0, as: UTF8.self) }
  }
}
