import Glibc
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

  @Test func `a folder says of which versions it waives the trial`() throws {
    for version in ["1", "2", "10"] { try folder.file("stick/fall/\(version)/model.toml", []) }
    let registry = FolderRegistry(folder: folder.path + "/stick")
    func word(_ version: String) -> TrialWord {
      registry.found(InstallReference(name: "fall", version: version)).trial
    }
    #expect(word("10") == .unsaid)
    try folder.file("stick/fall/without-trial", Array("10\r\n2\n".utf8))
    #expect(word("10") == .without && word("2") == .without && word("1") == .unsaid)
    #expect(try registry.find("fall", alias: nil).trial == .without)
    try folder.file("stick/fall/without-trial", Array(repeating: UInt8(ascii: "2"), count: 5000))
    #expect(word("2") == .unsaid)
    unlink(folder.path + "/stick/fall/without-trial")
    mkfifo(folder.path + "/stick/fall/without-trial", 0o600)
    #expect(word("2") == .unsaid, "nobody waits for a pipe")
  }

  @Test(arguments: [
    ("none" as String?, TrialWord.without, nil as String?), (nil, .unsaid, nil),
    ("None", .unknown("None"), #"fall/1.2: the registry says "None" of its trial"#),
    ("", .unknown(""), #"fall/1.2: the registry says "" of its trial"#),
  ])
  func `a tag waives the trial, and another word is told`(
    text: String?, word: TrialWord, complaint: String?
  ) throws {
    let tag = text.map { #",{"key":"edgeagent.trial","value":"\#($0)"}"# } ?? ""
    let server = ScriptedServer { _ in
      (200, Self.version("READY", "").replacing("]}}", with: "\(tag)]}}"))
    }
    defer { server.stop() }
    let found = try MLflowRegistry(try server.server()).find("fall", alias: "a")
    #expect(found.trial == word)
    #expect(found.trialComplaint.map { $0.hasPrefix(complaint ?? "?") } ?? (complaint == nil))
    #expect(
      found.hasContent(
        of: RegistryVersion(
          reference: found.reference, revision: found.revision)), "the tag is no content")
  }

  @Test func `what a registry says of a trial`() {
    #expect(TrialWord.without.policy(isAsked: true, always: false) == .waived)
    #expect(TrialWord.without.policy(isAsked: false, always: false) == .waived)
    #expect(TrialWord.without.policy(isAsked: true, always: true) == .asked)
    for word in [TrialWord.unsaid, .unknown("x")] {
      #expect(word.policy(isAsked: true, always: false) == .asked)
      #expect(word.policy(isAsked: false, always: false) == .notAsked)
    }
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
