@testable import Sync
@testable import Text

/// Bytes as a registry's answer about a model version.
///
/// Goal: no bytes crash. The answer means the same in any pieces. Of a document the reader keeps
/// what the reader of whole documents finds in it.
enum RegistryFuzzing {
  static func run(_ bytes: UnsafeRawBufferPointer) {
    var random = FuzzRandom(of: bytes)
    let whole = read(bytes) { bytes.count }
    let cut = read(bytes) { Int(random.next() % 7) + 1 }
    precondition(whole.version == cut.version && whole.isWhole == cut.isWhole)
    // It refuses a member that comes twice, of which the readers could take different ones.
    guard let document = try? JSONValue.parse(bytes) else { return }
    // A number may be longer than any that the stream takes.
    guard whole.isWhole || bytes.count <= 1_100 else { return }
    precondition(whole.isWhole, "a document that the stream refuses")
    precondition(whole.hasObject == (document.members != nil))
    if document["model_version"] == nil || document["model_versions"] == nil {
      precondition(whole.version == version(document), "another version")
    }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, _ next: () -> Int
  ) -> MLflowVersionReader {
    let reader = MLflowVersionReader()
    var start = 0
    while start < bytes.count {
      let end = min(start + next(), bytes.count)
      guard reader.take(UnsafeRawBufferPointer(rebasing: bytes[start..<end])) else { break }
      start = end
    }
    return reader
  }

  private static func version(_ document: JSONValue) -> MLflowModelVersion? {
    let object = document["model_version"] ?? document["model_versions"]?[0]
    guard let object, object.members != nil, let name = object["name"]?.string,
      let number = object["version"]?.string
    else { return nil }
    func tag(_ key: String) -> String? {
      let tag = object["tags"]?.array?.first {
        $0["key"]?.string?.utf8.elementsEqual(key.utf8) ?? false
      }
      return tag?["value"]?.string
    }
    return MLflowModelVersion(
      name: name, number: number, status: object["status"]?.string,
      bundleVersion: tag(MLflowModelVersion.versionTag),
      digestsText: tag(MLflowModelVersion.digestsTag),
      trialText: tag(MLflowModelVersion.trialTag))
  }
}
