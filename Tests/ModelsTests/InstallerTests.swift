import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport
@testable import Trust

/// Goal: what another process has staged is installed as it was read, or not at all.
/// Method: a signed bundle in a staging folder that is not the models folder's.
@Suite struct InstallerTests {
  private let folder = TestFolder()
  private let owner: BundleOwner
  private let keys: String
  private var models: String { folder.path + "/models" }
  private var staging: String { folder.path + "/staging" }
  private let reference = InstallReference(name: "echo", version: "1")
  private let bundle: String

  init() throws {
    owner = try BundleOwner()
    keys = try owner.trust(in: folder)
    bundle = try EchoModel().write(to: folder, models: "staging/download-echo-1")
    try owner.sign(bundle)
  }

  private func verdict(
    _ reference: InstallReference? = nil, trust: Bool = true, isChosen: Bool = true
  ) throws -> AdoptionVerdict {
    let installer = try Installer(
      models: models, trust: trust ? TrustedKeys(folder: keys) : nil, now: TrustedTime.now())
    return installer.verdict(
      Adoption(
        reference: reference ?? self.reference, isHere: false, isChosen: isChosen, trial: .notAsked,
        place: "echo/1", foreignStaging: staging))
  }

  private var versions: InstalledVersions { InstalledVersions("echo", in: models) }

  @Test func `a bundle is copied while it is read, and its place is the models folder`() throws {
    #expect(try verdict() == .adopted(.installed))
    #expect(versions.active == "1")
    for name in names(in: bundle) where !name.hasPrefix(".") {
      let copy = models + "/echo/1/" + name
      #expect(try contents(of: copy) == contents(of: bundle + "/" + name))
      var status = stat()
      #expect(stat(copy, &status) == 0 && status.st_mode & 0o777 == 0o644)
    }
    #expect(folder.text("models/echo/.accepted/1").count == 65)
    #expect(try names(in: models + "/.staging").filter { $0.hasPrefix("download") }.isEmpty)
    #expect(Files.kind(bundle) == .folder, "the other process's own")
    #expect(try verdict() == .adopted(.current))
  }

  @Test(arguments: [".x", "x", "bundle.sig", "model.tflite", "golden.bin"])
  func `what does not verify leaves nothing`(name: String) throws {
    try folder.file("staging/download-echo-1/echo/1/\(name)", "changed\n")
    guard case .refused(.found(let lines)) = try verdict() else {
      Issue.record("refused")
      return
    }
    #expect(lines.first?.contains("echo/1") == true || lines.first?.hasPrefix("bundle.sig") == true)
    #expect(versions.versions.isEmpty && !names(in: models).contains("echo"))
  }

  @Test func `a link on the way is refused`() throws {
    let download = staging + "/download-echo-1"
    #expect(rename(download, folder.path + "/elsewhere") == 0)
    #expect(symlink(folder.path + "/elsewhere", download) == 0)
    guard case .refused = try verdict() else {
      Issue.record("refused")
      return
    }
    #expect(versions.versions.isEmpty)
  }

  @Test func `without keys a bundle is not verified, and is whole all the same`() throws {
    unlink(bundle + "/bundle.sig")
    #expect(try verdict(trust: false) == .adopted(.installed))
    try EchoModel(version: "2").write(to: folder, models: "staging/download-echo-2")
    try folder.file("staging/download-echo-2/echo/2/model.tflite", "no model")
    let second = InstallReference(name: "echo", version: "2")
    guard case .refused = try verdict(second, trust: false) else {
      Issue.record("refused")
      return
    }
    #expect(versions.active == "1")
  }
}
