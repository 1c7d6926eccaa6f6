import CPlatform
import Testing

@testable import System
import TestSupport
@testable import Text
@testable import Trust

/// Goal: only what enough trusted, unexpired keys signed is taken, and every other case has its
/// name.
/// Method: keys made here, a copy of a bundle signed and then changed in every way.
@Suite struct TrustTests {
  private static let now: Int64 = 1_800_000_000
  private let folder = TestFolder()
  private var bundle: String { folder.path + "/fall/1" }
  private var trust: String { folder.path + "/trust.d" }
  private let owner: PrivateKey
  private let vendor: PrivateKey

  init() throws {
    owner = try PrivateKey(.ed25519)
    vendor = try PrivateKey(.ecdsaP256)
    for name in BundleDigests.files {
      try folder.file("fall/1/\(name)", Files.read("\(fallBundle)/\(name)", bytesMax: 1 << 20))
    }
    try folder.file("trust.d/owner.pem", owner.publicPEM)
    try sign(owner, vendor)
  }

  private func sign(_ keys: PrivateKey...) throws {
    let message = Array(try BundleDigests(folder: bundle).text.utf8)
    var signature = BundleSignature()
    for key in keys {
      signature.entries.append(
        .init(
          key: key.identifier, algorithm: key.algorithm, signature: try key.sign(message)))
    }
    try folder.file("fall/1/bundle.sig", Array(signature.text.utf8))
  }

  private func refusal(now: Int64 = now, wasAccepted: Bool = false) -> TrustError? {
    do throws(TrustError) {
      try TrustedKeys(folder: trust).verify(
        BundleFiles(folder: bundle), at: bundle, now: now, wasAccepted: wasAccepted)
      return nil
    } catch {
      return error
    }
  }

  @Test func `signed by a trusted key`() { #expect(refusal() == nil) }

  @Test func `both algorithms vouch, and two keys meet a threshold of two`() throws {
    try folder.file("trust.d/vendor.pem", vendor.publicPEM)
    try folder.file("trust.d/trust.toml", Array("threshold = 2\n".utf8))
    #expect(refusal() == nil)
    try sign(owner)
    #expect(refusal() == .notVouched(folder: bundle, found: 1, threshold: 2, expired: []))
    // The same key twice is one key.
    try sign(owner, owner)
    #expect(refusal() == .notVouched(folder: bundle, found: 1, threshold: 2, expired: []))
  }

  @Test(arguments: BundleDigests.files) func `a changed file`(name: String) throws {
    try folder.file("fall/1/\(name)", [1, 2, 3])
    #expect(refusal() == .signatureWrong(folder: bundle, key: "owner.pem"))
  }

  @Test func `unsigned, signed by strangers, and with a signature file that is empty`() throws {
    try sign(vendor)
    #expect(refusal() == .notVouched(folder: bundle, found: 0, threshold: 1, expired: []))
    try folder.file("fall/1/bundle.sig", Array("# empty\n".utf8))
    #expect(refusal() == .notVouched(folder: bundle, found: 0, threshold: 1, expired: []))
    try folder.file("fall/1/bundle.sig", Array("gibberish\n".utf8))
    #expect(refusal() == .signatureFile(line: 1))
    folder.remove("fall/1/bundle.sig")
    #expect(refusal() == .unsigned(folder: bundle))
  }

  @Test func `a file that the signature does not cover`() throws {
    try folder.file("fall/1/README.md", [])
    #expect(refusal() == .signatureWrong(folder: bundle, key: "owner.pem"))
    try sign(owner)
    #expect(refusal() == nil)
    try folder.file("fall/1/folder/file", [])
    #expect(refusal() == .strayFile(path: bundle + "/folder"))
  }

  @Test(arguments: [".hidden", ".DS_Store", ".model.tflite.part", "a\nb"])
  func `a hidden file is refused, and is not signed`(name: String) throws {
    try folder.file("fall/1/\(name)", [])
    #expect(refusal() == .hiddenFile(path: bundle + "/" + name))
    #expect(throws: TrustError.hiddenFile(path: bundle + "/" + name)) {
      try BundleDigests(folder: bundle)
    }
  }

  @Test(arguments: ["model.tflite", "golden.bin", "model.toml", "bundle.sig", "README.md"])
  func `no pipe, link, device or huge file is read`(name: String) throws {
    let path = bundle + "/" + name
    folder.remove("fall/1/\(name)")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(
      refusal() == .file(path: path, .notRegular(.fifo)), "a pipe without a writer stops nobody")
    unlink(path)
    #expect(symlink(fallBundle + "/model.tflite", path) == 0)
    let link = TrustError.file(path: path, .notRegular(.link))
    #expect(refusal() == link, "what a link names is not the bundle's")
    unlink(path)
    #expect(symlink("/dev/zero", path) == 0)
    #expect(refusal() == link)
    unlink(path)
    try folder.file("fall/1/\(name)", [])
    let size = BundleDigests.bytesMax(of: name)
    #expect(truncate(path, off_t(size) + 1) == 0)
    #expect(refusal() == .file(path: path, .tooLarge(bytesMax: size)))
  }

  @Test func `a folder that is a link is not the bundle's`() throws {
    #expect(rename(bundle, folder.path + "/elsewhere") == 0)
    #expect(symlink(folder.path + "/elsewhere", bundle) == 0)
    guard case .file(bundle, .system)? = refusal() else { throw Unexpected() }
  }

  @Test func `what was read is what was digested, whatever comes after`() throws {
    let files = try BundleFiles(folder: bundle)
    try folder.file("fall/1/model.tflite", [1, 2, 3])
    try TrustedKeys(folder: trust).verify(files, at: bundle, now: Self.now)
    #expect(Digest(of: files.model) == files.digests.digest(of: "model.tflite"))
    #expect(refusal() == .signatureWrong(folder: bundle, key: "owner.pem"))
  }

  @Test func `keys expire at trusted time`() throws {
    let expiry = "[[key]]\nfile = \"owner.pem\"\nexpires = 2027-01-15T08:00:00Z\n"
    try folder.file("trust.d/trust.toml", Array(expiry.utf8))
    #expect(refusal(now: 1_800_000_000 - 1) == nil)
    #expect(
      refusal(now: 1_800_000_000)
        == .notVouched(folder: bundle, found: 0, threshold: 1, expired: ["owner.pem"]))
    #expect(refusal(now: 1_800_000_000, wasAccepted: true) == nil)
    try folder.file("fall/1/golden.bin", [1])
    #expect(
      refusal(now: 1_800_000_000, wasAccepted: true)
        == .signatureWrong(folder: bundle, key: "owner.pem"),
      "the signature is checked all the same")
  }

  @Test func `a trust store that cannot be right`() throws {
    func refusal() -> TrustError? {
      do throws(TrustError) {
        _ = try TrustedKeys(folder: trust)
        return nil
      } catch {
        return error
      }
    }
    try folder.file("trust.d/trust.toml", Array("threshold = 2\n".utf8))
    #expect(refusal() == .threshold(folder: trust, threshold: 2, keys: 1))
    try folder.file("trust.d/trust.toml", Array("treshold = 1\n".utf8))
    guard case .settings? = refusal() else { throw Unexpected() }
    folder.remove("trust.d/trust.toml")
    try folder.file("trust.d/again.pem", owner.publicPEM)
    #expect(refusal() == .keyRepeated(path: trust + "/owner.pem", other: "again.pem"))
    try folder.file("trust.d/again.pem", owner.privatePEM)
    #expect(refusal() == .key(path: trust + "/again.pem", .notAKey))
    folder.remove("trust.d/again.pem")
    folder.remove("trust.d/owner.pem")
    #expect(refusal() == .noKeys(folder: trust))
  }

  @Test func `a private key comes back from its text`() throws {
    for key in [owner, vendor] {
      let copy = try PrivateKey(pem: key.privatePEM)
      #expect(copy.identifier == key.identifier && copy.algorithm == key.algorithm)
      let message = Array("message".utf8)
      let signature = try copy.sign(message)
      let verifier = try PublicKey(pem: key.publicPEM)
      #expect(verifier.identifier == key.identifier)
      #expect(verifier.verify(signature, of: message))
      #expect(!verifier.verify(signature, of: message + [0]))
      #expect(!verifier.verify([], of: message))
    }
  }

  @Test func `digests and base 64 of published examples`() {
    #expect(
      Digest(of: Array("abc".utf8)).text
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.text(Array(text.utf8)) == encoded)
      #expect(Base64.bytes(encoded) == Array(text.utf8))
    }
    for wrong in ["Zg", "Zg=", "Zh==", "Z", "Zg==\n", "Zm9v Zm9v", "===="] {
      #expect(Base64.bytes(wrong) == nil, "\(wrong)")
    }
  }

  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0 as Int64?), ("2000-02-29T12:00:00Z", 951_825_600),
    ("2026-11-01T02:00:00+02:00", 1_793_491_200), ("2038-01-19T03:14:08Z", 2_147_483_648),
    ("2026-11-01T00:00:00.123Z", 1_793_491_200), ("2026-11-01", nil),
    ("2026-13-01T00:00:00Z", nil), ("2026-11-01T00:00:00", nil),
  ])
  func `times`(text: String, seconds: Int64?) {
    #expect(CalendarTime.seconds(rfc3339: text) == seconds)
  }
}

private struct Unexpected: Error {}
