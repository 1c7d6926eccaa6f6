import Testing

@testable import Config
@testable import Models
import TestSupport

/// Goal: the newest version is the one people mean, and what is not there is told with what is.
@Suite struct ModelsFolderTests {
  let folder = TestFolder()
  var store: ModelsFolder { ModelsFolder(folder: folder.path) }

  private func install(_ versions: String...) throws {
    for version in versions { try folder.file("fall/\(version)/model.toml", []) }
  }

  private func available(_ reference: ModelReference) -> [String]? {
    do {
      _ = try store.locate(reference)
      return nil
    } catch {
      switch error {
      case .notInstalled(_, let available): return available
      case .versionNotInstalled(_, let available): return ["of the model"] + available
      default: return nil
      }
    }
  }

  @Test(arguments: [
    ("9", "10"), ("1.9", "1.10"), ("1", "1.0"), ("1.2.9", "1.3"), ("2024-09", "2024-10"),
    ("a", "b"), ("1.a", "1.b"), ("01.5", "1.6"), ("99999999999999999998", "99999999999999999999"),
  ])
  func `orders versions by their numbers`(older: String, newer: String) {
    #expect(ModelsFolder.isOlder(older, than: newer))
    #expect(!ModelsFolder.isOlder(newer, than: older))
    #expect(!ModelsFolder.isOlder(older, than: older))
  }

  @Test func `takes the newest version or the one that is named`() throws {
    try install("9", "10", "1.9", ".hidden")
    try folder.file("fall/99", [])
    #expect(try store.locate(ModelReference(name: "fall")) == "\(folder.path)/fall/10")
    #expect(
      try store.locate(ModelReference(name: "fall", version: "9")) == "\(folder.path)/fall/9")
  }

  @Test func `what is missing is told with what is there`() throws {
    #expect(available(ModelReference(name: "fall")) == [])
    try install("1", "2")
    #expect(available(ModelReference(name: "fall", version: "3")) == ["of the model", "1", "2"])
    #expect(available(ModelReference(name: "fell")) == ["fall"])
    #expect(available(ModelReference(name: "fell", version: "3")) == ["fall"])
    try folder.file("empty/file", [])
    #expect(available(ModelReference(name: "empty")) == ["empty", "fall"])
  }
}
