import Testing

@testable import Models
@testable import Sync
@testable import System
import TestSupport
@testable import Trust

/// Goal: a registry brings exactly the files that it has, and says what changed.
/// Method: a folder as a stick is; a scripted server that plays MLflow.
@Suite struct ModelRegistryTests {
  private let folder = TestFolder()

  private func error(_ body: () throws(SyncError) -> Void) -> SyncError? {
    do throws(SyncError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  @Test func `a folder is a registry without aliases`() throws {
    for name in BundleDigests.files + ["bundle.sig"] {
      try folder.file("stick/fall/2/\(name)", Array(name.utf8))
    }
    try folder.file("stick/fall/1/model.toml", [])
    let registry: any ModelRegistry = FolderRegistry(folder: folder.path + "/stick")
    let found = try registry.find("fall", alias: nil)
    #expect(found.reference == InstallReference(name: "fall", version: "2"))
    let refused = error { () throws(SyncError) in
      _ = try registry.find("fall", alias: "champion")
    }
    #expect(refused?.lines[0].contains("a folder has no alias champion") == true)
    let target = try folder.file("staging/stale", [1])
    try folder.file("staging/golden.bin", Array(repeating: 1, count: 100_000))
    try registry.fetch(found, into: Files.folder(of: target))
    #expect(
      try Files.names(in: folder.path + "/staging")
        == ["bundle.sig", "golden.bin", "model.tflite", "model.toml"])
    #expect(
      try Files.read(folder.path + "/staging/golden.bin", bytesMax: 100) == Array("golden.bin".utf8)
    )
    try folder.file("stick/fall/2/bundle.sig", [])
    #expect(try registry.find("fall", alias: nil) != found, "signed anew")
    #expect(registry.place(found.reference) == folder.path + "/stick/fall/2")
  }

  private static func version(_ status: String, _ digests: String) -> String {
    #"{"model_version":{"name":"fall","version":"3","status":"\#(status)","tags":["#
      + #"{"key":"edgeagent.version","value":"1.2"},{"key":"edgeagent.sha256","value":"\#(digests)"}]}}"#
  }

  @Test func `a version that is not ready is waited for, a failed one is not`() throws {
    for (status, verdict) in [
      ("PENDING_REGISTRATION", ResponseVerdict.retry), ("FAILED_REGISTRATION", .final),
    ] {
      let server = ScriptedServer { _ in (200, Self.version(status, "")) }
      defer { server.stop() }
      let registry = MLflowRegistry(try server.server())
      let refused = error { () throws(SyncError) in _ = try registry.find("fall", alias: "a") }
      #expect(refused?.verdict == verdict)
      #expect(refused?.lines[0].contains(status) == true)
    }
  }

  @Test func `a version whose digests changed meanwhile is asked for again`() throws {
    let server = ScriptedServer { request in
      (200, Self.version("READY", request.line.contains("alias") ? "x" : "y"))
    }
    defer { server.stop() }
    let registry = MLflowRegistry(try server.server(path: "/p/"))
    let found = try registry.find("fall", alias: "a")
    #expect(found.reference == InstallReference(name: "fall", version: "1.2"))
    let refused = error { () throws(SyncError) in try registry.fetch(found, into: folder.path) }
    #expect(refused?.verdict == .retry)
    #expect(
      refused?.lines[0]
        == "mlflow:http://127.0.0.1:\(server.port)/p: version 3 of fall was changed "
        + "while it was fetched")
    #expect(
      registry.place(found.reference) == "mlflow:http://127.0.0.1:\(server.port)/p fall/1.2")
  }
}
