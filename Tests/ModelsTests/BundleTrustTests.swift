import CPlatform
import Testing

@testable import Models
@testable import System
import TestSupport
@testable import Trust

/// Goal: a board that asks for its owner's signature loads nothing else, and what it accepted in
/// time does not end with a date. Method: a signed bundle in a models folder, changed in every way.
@Suite struct BundleTrustTests {
  private let folder = TestFolder()
  private let owner: BundleOwner
  private let keys: String
  private let bundle: String

  init() throws {
    owner = try BundleOwner()
    keys = try owner.trust(in: folder)
    bundle = try EchoModel().write(to: folder)
    try owner.sign(bundle)
  }

  private func refusal() -> TrustError? {
    do throws(BundleError) {
      _ = try ModelBundle(folder: bundle, trust: BundleTrust(keys: keys))
      return nil
    } catch {
      guard case .trust(let error) = error else {
        Issue.record("\(error)")
        return nil
      }
      return error
    }
  }

  private var note: String { folder.text("models/echo/.accepted/1") }

  @Test func `a signed bundle is taken, and noted`() throws {
    #expect(refusal() == nil)
    #expect(note == (try BundleDigests(folder: bundle)).digest.text + "\n")
    #expect(InstalledVersions("echo", in: folder.path + "/models").versions == ["1"])
  }

  @Test func `an unsigned bundle, a changed one and a hidden file are refused`() throws {
    try folder.file("models/echo/1/.x")
    #expect(refusal() == .hiddenFile(path: bundle + "/.x"))
    folder.remove("models/echo/1/.x")
    try folder.file("models/echo/1/x")
    #expect(refusal() == .signatureWrong(folder: bundle, key: "owner.pem"))
    folder.remove("models/echo/1/x")
    #expect(refusal() == nil)
    folder.remove("models/echo/1/bundle.sig")
    #expect(refusal() == .unsigned(folder: bundle), "that it was accepted is no signature")
  }

  @Test func `nothing is verified where a person decided so`() throws {
    folder.remove("models/echo/1/bundle.sig")
    _ = try ModelBundle(folder: bundle, trust: .nothing)
    #expect(note.isEmpty)
  }

  @Test func `what was accepted in time stays accepted, and nothing else does`() throws {
    #expect(refusal() == nil)
    try owner.trust(in: folder, expires: "2020-01-01T00:00:00Z")
    #expect(refusal() == nil, "no alert may die with a date")
    try folder.file("models/echo/.accepted/1", "of other bytes\n")
    let expired = TrustError.notVouched(
      folder: bundle, found: 0, threshold: 1, expired: ["owner.pem"])
    #expect(refusal() == expired)
    folder.remove("models/echo/.accepted/1")
    #expect(refusal() == expired, "never accepted before")
    try owner.trust(in: folder, expires: "2999-01-01T00:00:00Z")
    #expect(refusal() == nil)
    folder.remove("trust.d/owner.pem")
    try folder.file("trust.d/other.pem", PrivateKey(.ed25519).publicPEM)
    folder.remove("trust.d/trust.toml")
    guard case .notVouched(_, 0, 1, expired: [])? = refusal() else {
      Issue.record("a key that was taken away vouches for nothing")
      return
    }
  }

  @Test func `keys that are gone or broken let nothing in`() throws {
    folder.remove("trust.d/owner.pem")
    #expect(refusal() == .noKeys(folder: keys))
    #expect(!TrustError.noKeys(folder: keys).isOfTheBundle)
  }

  @Test func `a bundle that cannot be noted is taken all the same`() throws {
    try folder.file("models/echo/.accepted")
    #expect(refusal() == nil)
  }
}
