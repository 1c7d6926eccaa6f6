import Testing

@testable import Config
@testable import Sync
@testable import Text
@testable import Trust

/// Goal: what no bundle looks like is refused before a byte of it is fetched, and each reason has
/// its name.
/// Method: lists of files as MLflow gives them, each wrong in one way.
@Suite struct MLflowBundleTests {
  private static let good: [MLflowArtifacts.File] = [
    file("bundle.sig", 200), file("golden.bin", 500), file("model.tflite", 9000),
    file("model.toml", 100),
  ]
  private static let digests = BundleDigests(
    text: ["golden.bin", "model.tflite", "model.toml"].map {
      "\(Digest(of: Array($0.utf8)).text)  \($0)\n"
    }.joined())

  private static func file(_ name: String, _ bytes: Int64) -> MLflowArtifacts.File {
    MLflowArtifacts.File(name: name, isFolder: false, bytes: bytes)
  }

  private func fault(
    _ files: [MLflowArtifacts.File], _ digests: BundleDigests? = nil
  ) -> MLflowFilesFault? {
    do throws(MLflowFilesFault) {
      _ = try MLflowBundle(files, digests: digests)
      return nil
    } catch {
      return error
    }
  }

  @Test func `the small ones come first, and know their digests`() throws {
    let bundle = try MLflowBundle(Self.good.reversed(), digests: Self.digests)
    #expect(
      bundle.files.map { $0.name } == ["model.toml", "bundle.sig", "golden.bin", "model.tflite"])
    #expect(bundle.files[0].digest == Digest(of: Array("model.toml".utf8)))
    #expect(bundle.files[1].digest == nil, "nothing can promise what signs it")
  }

  @Test(arguments: [
    "", ".", "..", ".x", "a/b", "../x", "a b", "é", "x.part", "x.part.state",
    String(repeating: "a", count: 65), "bundle.sig",
  ])
  func `names that no file of a bundle has`(name: String) {
    #expect(fault(Self.good + [Self.file(name, 1)]) == .name(name))
  }

  @Test func `sizes and counts`() {
    let folder = MLflowArtifacts.File(name: "data", isFolder: true, bytes: 0)
    #expect(fault(Self.good + [folder]) == .folder(name: "data"))
    let most = (4...16).map { Self.file("x\($0)", 1) }
    #expect(fault(Self.good + most) == nil)
    #expect(fault(Self.good + most + [Self.file("y", 1)]) == .tooMany(filesMax: 16))
    let largest = Int64(BundleLimits.modelBytesMax)
    #expect(fault(Self.good + [Self.file("x", largest)]) == nil)
    #expect(
      fault(Self.good + [Self.file("x", largest + 1)])
        == .tooLarge(name: "x", bytes: largest + 1, bytesMax: largest))
    let two = [Self.file("x", largest), Self.file("y", largest)]
    #expect(
      fault(Self.good + two)
        == .tooLarge(name: "y", bytes: 9800 + 2 * largest, bytesMax: 2 * largest))
    #expect(
      fault([Self.file("bundle.sig", 8193)] + Self.good.dropFirst())
        == .tooLarge(name: "bundle.sig", bytes: 8193, bytesMax: 8192))
  }

  @Test func `what is missing and what the registry did not promise`() {
    for index in Self.good.indices {
      var files = Self.good
      let name = files.remove(at: index).name
      #expect(fault(files) == .missing(name: name))
    }
    #expect(fault(Self.good + [Self.file("x", 1)], Self.digests) == .unlisted(name: "x"))
    let more = BundleDigests(text: Self.digests!.text + "\(Digest(of: []).text)  x\n")
    #expect(fault(Self.good, more) == .missing(name: "x"))
  }

  @Test func `lists by sha256sum`() {
    let list = Self.digests!
    #expect(BundleDigests(text: list.text) == list)
    let line = "\(Digest(of: []).text)  x\n"
    for bad in [
      "", "\n", "x", "\(Digest(of: []).text) x\n", "\(Digest(of: []).text) *x\n", line + line,
      line.replacing("  x", with: "  ../x"), line.replacing("  x", with: "  x y"),
      String(line.dropFirst()), (0...16).map { line.replacing("x\n", with: "x\($0)\n") }.joined(),
    ] { #expect(BundleDigests(text: bad) == nil, "\(bad)") }
  }
}
