import CPlatform
import TestSupport
import Testing

@testable import Config
@testable import Sync
@testable import System
@testable import Text

/// Goal: each thing that a registry may lack has its sentence.
@Suite struct MLflowMessagesTests {
  @Test func `every fault has its sentence`() throws {
    let files: [MLflowFilesFault] = [
      .folder(name: "data"), .name("a b"), .missing(name: "golden.bin"), .unlisted(name: "x"),
      .tooMany(filesMax: 16), .tooLarge(name: "x", bytes: 2000, bytesMax: 1000),
    ]
    let errors: [MLflowError] = [
      .noVersion(model: "fall"), .notReady(model: "fall", version: "1", status: "PENDING"),
      .versionName(model: "fall", version: "1", text: "../x"), .artifactScheme(uri: "s3://b"),
      .changed(model: "fall", version: "1"), .digestList(model: "fall", version: "1"),
      .files(files[0]), .experimentDeleted(name: "edgeagent"),
    ]
    // The tags' names begin like those of Swift's types, which no sentence may show.
    func message(_ error: MLflowError) -> String {
      error.message.replacing("tag edgeagent.", with: "tag ")
    }
    expectSentences(errors) { message($0) }
    expectSentences(files) { message(.files($0)) }
    #expect(MLflowError.files(files[5]).message == "x: 2,000 bytes; at most 1,000")
    let registry: [RegistryError] = [
      .folder(path: "/x", .system(code: ENOENT)),
      .empty(folder: "/x"), .notThere(path: "/x/a", available: ["b"]),
      .aliasInFolder(folder: "/x", alias: "champion"),
    ]
    expectSentences(
      registry
    ) { $0.message }
    let addresses: [RegistryAddressError] = [.address("x"), .url("h", .scheme)]
    expectSentences(
      addresses
    ) { $0.message }
    let uplinks: [UplinkError] = [.address("x"), .url("h", .scheme)]
    expectSentences(
      uplinks
    ) { $0.message }
  }
}
