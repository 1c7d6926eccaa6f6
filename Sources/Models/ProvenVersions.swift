import Config
import System

/// The versions that an owner may always go back to: those that were active here, and of which no
/// fault is known. They need no trial. Otherwise a version that is good could fail against the bad
/// one in whose place it has to come.
///
/// The file `<models>/<name>/proven` has their names, one a line, the latest last. A version comes
/// into it before another one takes its place. A version that a person rolled back from does not. A
/// verdict on the version itself outweighs the file.
extension InstalledVersions {
  /// So many versions: an owner goes back a few, and a file of this length is read in one piece.
  /// Of more, the one that has not been active for longest is tried again.
  static let provenMax = 16
  /// Bytes of the file. The longest names take 16 · 65.
  private static let provenBytesMax = 4096

  /// Whether the version was active here, and is not at fault itself.
  package func isProven(_ version: String) -> Bool {
    proven.contains(bytesOf: version) && !isBroken(version)
  }

  /// Whether the version itself is no good on this board, whatever it is compared with.
  package func isBroken(_ version: String) -> Bool {
    verdict(of: version)?.isOfVersion ?? false
  }

  /// The versions in the file, the latest last.
  ///
  /// Agents that wrote no such file kept only `previous`. It is taken where it is the older of the
  /// two: a newer one may be what a person rolled back from.
  var proven: [String] {
    guard Files.kind(provenPath) == .file else {
      guard let previous, let current, ModelsFolder.isOlder(previous, than: current) else {
        return []
      }
      return [previous]
    }
    guard let bytes = try? Files.read(provenPath, bytesMax: Self.provenBytesMax) else { return [] }
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      .filter { Self.isVersion($0) }
  }

  /// Notes that the version was active, before another one takes its place.
  func prove(_ version: String) throws(ModelsError) {
    guard has(version), !isBroken(version) else { return }
    let known = proven
    guard !(known.last?.utf8.elementsEqual(version.utf8) ?? false) else { return }
    try writeProven((without(version, known) + [version]).suffix(Self.provenMax))
  }

  /// Forgets that the version was active: another pull may bring other bytes under its name.
  func disprove(_ version: String) throws(ModelsError) {
    let known = proven
    guard known.contains(bytesOf: version) else { return }
    try writeProven(without(version, known)[...])
  }

  private func without(_ version: String, _ known: [String]) -> [String] {
    known.filter { !$0.utf8.elementsEqual(version.utf8) }
  }

  private func writeProven(_ versions: ArraySlice<String>) throws(ModelsError) {
    try change { () throws(Files.Failure) in
      try Files.replace(provenPath, with: Array(versions.map { $0 + "\n" }.joined().utf8))
    }
  }

  private var provenPath: String { folder + "/" + Self.provenFile }
}
