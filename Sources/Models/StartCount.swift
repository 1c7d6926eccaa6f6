import System

/// Starts of the active version in a row that did not go well: `<models>/<name>/starts`, which says
/// `VERSION COUNT BOOT`. It is there only while a start is under way or has failed.
///
/// Only starts of one boot are counted, so that no number of power cuts is taken for a bad model.
/// The price: a version that takes the whole board down with it is not counted either.
package struct StartCount {
  /// After so many failed starts the next one goes back.
  static let startsMax = 3
  /// The reason in the verdict on such a version.
  static let reason = "three starts failed"

  private let model: InstalledVersions
  private let boot: String

  package init(_ model: InstalledVersions, boot: String) {
    (self.model, self.boot) = (model, boot)
  }

  private var path: String { model.folder + "/" + InstalledVersions.startsFile }

  /// Only an active version that has a previous one to go back to; for any other version nothing is
  /// written.
  private var isCounted: Bool {
    guard let active = model.active, let previous = model.previous else { return false }
    return previous != active && !model.isPinned
  }

  /// Failed starts of a version so far.
  package func failed(_ version: String) -> Int {
    guard let bytes = try? Files.read(path, bytesMax: 256) else { return 0 }
    let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2, words[0].utf8.elementsEqual(version.utf8),
      (words.count > 2 ? words[2] : "").utf8.elementsEqual(boot.utf8)
    else { return 0 }
    return Int(words[1]) ?? 0
  }

  /// Before the version is loaded: a start that ends before `settle` has failed.
  ///
  /// - Returns: the verdict, where the start goes back to the version before.
  @export(interface)
  package func begin() throws(ModelsError) -> TrialVerdict? {
    guard isCounted, let active = model.active, let previous = model.previous else {
      try settle()
      return nil
    }
    let failed = failed(active)
    guard failed >= Self.startsMax else {
      try write(active, failed + 1)
      return nil
    }
    let verdict = TrialVerdict(
      version: active, against: previous, outcome: .failed, reason: Self.reason)
    guard try model.goBack(verdict) != nil else { return nil }
    try settle()
    return verdict
  }

  /// The start went well.
  package func settle() throws(ModelsError) {
    guard Files.kind(path) != .missing else { return }
    try model.change { () throws(Files.Failure) in try Folders.unlinkFile(path) }
  }

  private func write(_ version: String, _ count: Int) throws(ModelsError) {
    try model.change { () throws(Files.Failure) in
      try Files.replace(path, with: Array("\(version) \(count) \(boot)\n".utf8))
    }
  }
}
