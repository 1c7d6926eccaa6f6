/// The folder with the installed models, `<name>/<version>/`.
struct ModelStore {
  let folder: String

  /// The bundle's folder; the newest version where the reference names none.
  func locate(_ reference: ModelReference) throws(BundleError) -> String {
    let model = folder + "/" + reference.name
    let versions = ((try? Files.names(in: model)) ?? []).filter {
      Files.kind(model + "/" + $0) == .folder
    }
    if let version = reference.version {
      guard versions.contains(version) else {
        throw .notInstalled(folder: model + "/" + version, available: versions)
      }
      return model + "/" + version
    }
    guard let newest = versions.max(by: { Self.isOlder($0, than: $1) }) else {
      throw .notInstalled(folder: model, available: (try? Files.names(in: folder)) ?? [])
    }
    return model + "/" + newest
  }

  /// By numbers where the names hold numbers: 9 is older than 10, 1.9 than 1.10.
  static func isOlder(_ one: String, than other: String) -> Bool {
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
