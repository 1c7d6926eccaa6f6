import CPlatform
import Testing

@testable import Config
@testable import Models
import TestSupport

/// Goal: one version of a model is current, even with other things in its folder; it changes only
/// when a person says so. Method: folders with nothing in them, since versions are names here.
@Suite struct InstalledVersionsTests {
  let folder = TestFolder()
  var fall: InstalledVersions { InstalledVersions("fall", in: folder.path) }

  private func install(_ versions: String...) throws {
    for version in versions { try folder.file("fall/\(version)/model.toml", []) }
  }

  @Test func `the newest is current until one is active`() throws {
    try install("9", "10")
    #expect(fall.versions == ["9", "10"])
    #expect(fall.active == nil && fall.current == "10" && fall.previous == nil)
    try fall.activate("9")
    #expect(fall.active == "9" && fall.current == "9" && fall.previous == "10")
    #expect(fall.versions == ["9", "10"], "links are no versions")
    let store = ModelsFolder(folder: folder.path)
    #expect(try store.locate(ModelReference(name: "fall")) == "\(folder.path)/fall/9")
    #expect(throws: BundleError.self) {
      try store.locate(ModelReference(name: "fall", version: "active"))
    }
  }

  @Test func `rolls back and forth`() throws {
    try install("1", "2")
    try fall.activate("1")
    try fall.activate("2")
    #expect(try fall.rollBack() == "1")
    #expect(fall.current == "1" && fall.previous == "2")
    #expect(try fall.rollBack() == "2")
  }

  @Test func `a pin holds the version against rolling back`() throws {
    try install("1", "2")
    #expect(try fall.pin() == "2")
    #expect(fall.isPinned && fall.active == "2")
    #expect(throws: ModelsError.self) { try fall.rollBack() }
    try fall.unpin()
    try fall.unpin()
    #expect(!fall.isPinned)
  }

  @Test func `the active version is never removed`() throws {
    try install("1", "2", "3")
    try folder.file("trash/x", [])
    try fall.activate("2")
    #expect(throws: ModelsError.self) { try fall.remove("2", through: "\(folder.path)/trash") }
    #expect(fall.previous == "3")
    try fall.remove("3", through: "\(folder.path)/trash")
    #expect(fall.versions == ["1", "2"] && fall.previous == nil && fall.current == "2")
  }

  @Test func `a link to nothing counts as none`() throws {
    try install("1")
    for target in ["7", "../..", "", "1/"] {
      unlink("\(fall.folder)/active")
      symlink(target, "\(fall.folder)/active")
      #expect(fall.active == nil && fall.current == "1")
    }
    #expect(throws: ModelsError.self) { try fall.activate("7") }
    #expect(throws: ModelsError.self) { try fall.rollBack() }
  }
}
