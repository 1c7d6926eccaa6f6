import CPlatform
import Testing

@testable import Config
@testable import EdgeRuntime
@testable import Models
@testable import System
import TestSupport

/// Goal: nothing of a bundle is used unless all of it is right, and each thing that is wrong has an
/// error of its own.
/// Method: a copy of the repository's model with one thing broken.
@Suite struct ModelBundleTests {
  let folder = TestFolder()
  var bundle: String { "\(folder.path)/fall/1" }

  /// - Parameter change: gets the file's bytes; nil removes it.
  private func refusal(
    _ name: String = "model.toml", _ change: ([UInt8]) -> [UInt8]?
  ) throws -> BundleError? {
    for file in ["model.toml", "model.tflite", "golden.bin"] {
      let bytes = try Files.read("\(fallBundle)/\(file)", bytesMax: 1 << 20)
      guard let written = file == name ? change(bytes) : bytes else {
        unlink("\(bundle)/\(file)")
        continue
      }
      try folder.file("fall/1/\(file)", written)
    }
    do {
      _ = try ModelBundle(folder: bundle)
      return nil
    } catch {
      return error
    }
  }

  private func replacing(_ old: String, _ new: String) -> ([UInt8]) -> [UInt8] {
    { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.split(separator: old, maxSplits: 1, omittingEmptySubsequences: false)
      #expect(parts.count == 2, "the manifest has \(old)")
      return Array((parts[0] + new + parts[1]).utf8)
    }
  }

  @Test func `a whole bundle is taken`() throws {
    if let error = try refusal("model.toml", { $0 }) { Issue.record("\(error)") }
    let bundle = try ModelBundle(folder: self.bundle)
    #expect(bundle.manifest.name == "fall" && bundle.manifest.labels == ["daily", "fall"])
    #expect(try bundle.interpreter().arenaBytes == bundle.model.arenaBytes)
  }

  @Test(arguments: ["model.tflite", "golden.bin"])
  func `a missing file is named`(name: String) throws {
    guard case .file(let path, .system(code: ENOENT))? = try refusal(name, { _ in nil }) else {
      Issue.record("\(name)")
      return
    }
    #expect(path == "\(bundle)/\(name)")
  }

  @Test func `a manifest that is missing or wrong is refused as such`() throws {
    for change: ([UInt8]) -> [UInt8]? in [
      { _ in nil }, { _ in [] }, replacing("format = 1", "format = 2"),
      replacing("minimum_agent = \"0.1.0\"", "minimum_agent = \"99.0.0\""),
    ] {
      guard case .manifest? = try refusal("model.toml", change) else {
        Issue.record("taken")
        continue
      }
    }
  }

  @Test func `a model that is damaged is refused as such`() throws {
    for change: ([UInt8]) -> [UInt8] in [
      { _ in [] }, { Array($0.prefix($0.count / 2)) }, { Array("no model at all".utf8) + $0 },
    ] {
      guard case .model(let path, _)? = try refusal("model.tflite", change) else {
        Issue.record("taken")
        continue
      }
      #expect(path == "\(bundle)/model.tflite")
    }
  }

  @Test func `files beyond the limits are not read on`() throws {
    let error = try refusal("model.tflite") { _ in
      [UInt8](repeating: 0, count: BundleLimits.modelBytesMax + 1)
    }
    guard case .file(_, .tooLarge(bytesMax: BundleLimits.modelBytesMax))? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let golden = try refusal("golden.bin") { _ in
      [UInt8](repeating: 0, count: BundleLimits.goldenBytesMax + 1)
    }
    guard case .file(_, .tooLarge(bytesMax: BundleLimits.goldenBytesMax))? = golden else {
      Issue.record("\(String(describing: golden))")
      return
    }
  }

  @Test func `a bundle in another's folder is refused`() throws {
    for (old, new) in [
      ("name = \"fall\"", "name = \"rise\""), ("version = \"1\"", "version = \"2\""),
    ] {
      guard case .misplaced(let path, _, _)? = try refusal("model.toml", replacing(old, new)) else {
        Issue.record("taken")
        continue
      }
      #expect(path == "\(bundle)/model.toml")
    }
  }

  @Test func `a window or labels that the model has not are refused`() throws {
    let window = try refusal("model.toml", replacing("window = 192", "window = 191"))
    guard case .windowSize(_, window: 191, features: 6, modelValues: 1152)? = window else {
      Issue.record("\(String(describing: window))")
      return
    }
    let labels = try refusal(
      "model.toml", replacing("\"daily\", \"fall\"", "\"daily\", \"fall\", \"other\""))
    guard case .labelCount(_, labels: 3, modelScores: 2)? = labels else {
      Issue.record("\(String(describing: labels))")
      return
    }
  }

  @Test func `an autoencoder that does not give its window back is refused as such`() throws {
    let error = try refusal(
      "model.toml", replacing(#"labels = ["daily", "fall"]"#, #"kind = "reconstruction""#))
    guard case .reconstruction(_, windowValues: 1152, modelValues: 2)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `a model of two outputs is refused`() throws {
    let echo = EchoModel()
    let bundle = try echo.write(to: folder)
    try folder.file("models/echo/1/model.tflite", echo.tflite(outputs: [1, 1]))
    do {
      _ = try ModelBundle(folder: bundle)
      Issue.record("taken")
    } catch {
      guard case .tensorCount(_, inputs: 1, outputs: 2) = error else {
        Issue.record("\(error)")
        return
      }
    }
  }

  @Test func `a model that takes more than its maker claims is refused`() throws {
    let arena = try refusal("model.toml", replacing("4KiB", "2KiB"))
    guard case .model(_, .arenaTooLarge(bytes: _, limit: 2048))? = arena else {
      Issue.record("\(String(describing: arena))")
      return
    }
    let time = try refusal("model.toml", replacing("20ms", "1us"))
    guard case .tooSlow(_, let nanoseconds, nanosecondsMax: 1000)? = time else {
      Issue.record("\(String(describing: time))")
      return
    }
    #expect(nanoseconds > 1000)
    let hour = try refusal("model.toml", replacing("20ms", "1h"))
    #expect(hour == nil)
  }

  @Test func `golden vectors that differ are refused`() throws {
    let error = try refusal("golden.bin") { bytes in
      var bytes = bytes
      bytes[bytes.count - 1] ^= 0x80
      return bytes
    }
    guard case .golden(_, .differs)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
