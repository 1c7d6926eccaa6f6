import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport

/// Goal: a download that was cut waits for the next try, and nothing else stays in staging. Method:
/// folders as a process leaves them when it is stopped at some point.
@Suite struct StagingFolderTests {
  private let folder = TestFolder()
  private var staging: String { folder.path + "/.staging" }

  private func places() -> [String] { Folders.allNames(in: staging).sorted() }

  @Test func `keeps parts, and neither trash nor empty places`() throws {
    try folder.file(".staging/download-fall-2/fall/2/model.tflite.part", [1])
    try folder.file(".staging/trash-1/x", [])
    try folder.file(".staging/install-1/fall/1/x", [])
    _ = mkdir(staging + "/download-a-1", 0o700)
    _ = mkdir(staging + "/download-b-1", 0o700)
    _ = mkdir(staging + "/download-b-1/b", 0o700)
    let place: String
    do {
      let staged = try StagingFolder(models: folder.path)
      let reference = InstallReference(name: "fall", version: "2")
      #expect(places() == ["download-fall-2", "trash-\(getpid())"])
      try staged.makePlace(reference)
      place = staged.place(reference)
    }
    #expect(places() == ["download-fall-2"])
    #expect(try Files.names(in: place) == ["model.tflite.part"])
  }

  /// As sync does while it asks the registry for the first file.
  @Test func `a place in which a process works stays, and no other process gets it`() throws {
    let reference = InstallReference(name: "fall", version: "2")
    var lock: FolderLock?
    do {
      let staged = try StagingFolder(models: folder.path)
      try staged.makePlace(reference)
      lock = try staged.lockPlace(reference)
    }
    // It is empty still.
    _ = mkdir(staging + "/download-fall-2", 0o700)
    Folders.removeTree(staging + "/download-fall-2/fall")
    do {
      let staged = try StagingFolder(models: folder.path)
      #expect(places().contains("download-fall-2"))
      do throws(ModelsError) {
        _ = try staged.lockPlace(reference)
        Issue.record("locked twice")
      } catch {
        guard case .busy = error else {
          Issue.record("another error")
          return
        }
      }
    }
    withExtendedLifetime(lock) {}
    lock = nil
    _ = try StagingFolder(models: folder.path)
    #expect(!places().contains("download-fall-2"))
  }

  @Test func `another version of the model takes the place`() throws {
    for path in ["fall-1/fall/1", "fall-2/fall/2", "fall-x-3/fall-x/3", "gait-1/gait/1"] {
      try folder.file(".staging/download-\(path)/part", [])
    }
    let staged = try StagingFolder(models: folder.path)
    let reference = InstallReference(name: "fall", version: "2")
    try staged.makePlace(reference)
    let kept = ["download-fall-2", "download-fall-x-3", "download-gait-1"]
    #expect(places().filter { $0.hasPrefix("download") } == kept)
    staged.removePlace(reference)
    #expect(places().filter { $0.hasPrefix("download") } == Array(kept.dropFirst()))
  }

  /// As when a person pulls one version while sync brings another.
  @Test func `another version leaves a place in which a process works`() throws {
    let (one, other) = (
      InstallReference(name: "fall", version: "2"), InstallReference(name: "fall", version: "3")
    )
    var lock: FolderLock?
    do {
      let staged = try StagingFolder(models: folder.path)
      try staged.makePlace(one)
      lock = try staged.lockPlace(one)
    }
    try StagingFolder(models: folder.path).makePlace(other)
    #expect(places().contains("download-fall-2") && places().contains("download-fall-3"))
    withExtendedLifetime(lock) {}
    lock = nil
    try folder.file(".staging/download-fall-2/fall/2/part", [])
    try StagingFolder(models: folder.path).makePlace(other)
    #expect(!places().contains("download-fall-2") && places().contains("download-fall-3"))
  }

  @Test func `models that no pipeline asks for any more do not pile up`() throws {
    for number in 0..<32 { try folder.file(".staging/download-m\(number)-1/m\(number)/1/p", []) }
    let staged = try StagingFolder(models: folder.path)
    try staged.makePlace(InstallReference(name: "fall", version: "2"))
    #expect(places().filter { $0.hasPrefix("download") } == ["download-fall-2"])
  }
}
