import System

/// How many starts of the active version failed in a row: `<models>/<name>/starts`, which says
/// `VERSION COUNT BOOT`. The file is there only while a start is under way or has failed.
///
/// Only starts of one boot count. Otherwise the agent could take many power cuts for a bad model.
/// The price is that a version which takes the whole board down does not count either.
package struct StartCount {
  /// After so many failed starts, the next start goes back to the previous version.
  static let startsMax = 3
  /// The reason in the verdict on such a version.
  static let reason = "three starts failed"

  private let model: InstalledVersions
  private let boot: String

  package init(_ model: InstalledVersions, boot: String) {
    (self.model, self.boot) = (model, boot)
  }

  private var path: String { model.folder + "/" + InstalledVersions.startsFile }

  /// Whether the starts count: there is a previous version to go back to, and no pin. Otherwise
  /// this writes no file.
  private var isCounted: Bool {
    guard let active = model.active, let previous = model.previous else { return false }
    return previous != active && !model.isPinned
  }

  /// The failed starts of a version in this boot.
  package func failed(_ version: String) -> Int {
    guard let bytes = try? Files.read(path, bytesMax: 256) else { return 0 }
    let words = bytes.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
      .map { String(decoding: $0, as: UTF8.self) }
    guard words.count >= 2, words[0].utf8.elementsEqual(version.utf8),
      (words.count > 2 ? words[2] : "").utf8.elementsEqual(boot.utf8)
    else { return 0 }
    // A damaged file may hold any number; more than so many failed starts mean nothing else.
    return min(max(Int(words[1]) ?? 0, 0), Self.startsMax)
  }

  /// Call it before the core loads the version. A start that ends before `settle` has failed.
  ///
  /// - Returns: the verdict, when the start goes back to the previous version.
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

  /// Call it when the start went well.
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
