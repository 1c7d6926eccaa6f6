import CSQLite
import Testing

@testable import Store
@testable import System
import TestSupport

/// Goal: after opening there is an outbox, even if a bad file was in its place, and the bad file is
/// kept for a person to look at.
@Suite struct QuarantineTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  private func open() throws -> Quarantine.Opened {
    try Quarantine.open(path, bytesMax: 1 << 20, boot: "b")
  }

  @Test func `a sound store stays`() throws {
    try open().outbox.append(
      [NewRecord(kind: .alert, at: 1, time: nil, source: "a", body: "{}")], durably: true)
    let again = try open()
    #expect(again.quarantined == nil)
    #expect(try again.outbox.records(after: 0).count == 1)
  }

  @Test func `what is no database is quarantined, the last three of them kept`() throws {
    for round in 1...5 {
      try folder.file("outbox.db", Array("no database, number \(round)\n".utf8))
      let opened = try open()
      #expect(opened.quarantined?.name == "\(path).bad-\(round)")
      #expect(try opened.outbox.records(after: 0).isEmpty)
    }
    let kept = try Files.names(in: folder.path).filter { $0.hasPrefix("outbox.db.bad-") }
    #expect(kept == ["outbox.db.bad-3", "outbox.db.bad-4", "outbox.db.bad-5"])
    #expect(folder.text("outbox.db.bad-5") == "no database, number 5\n")
  }

  @Test func `a name with the largest number there is is nobody's`() throws {
    for number in ["9223372036854775807", "-9223372036854775808", "0", "x"] {
      try folder.file("outbox.db.bad-\(number)", [])
    }
    try folder.file("outbox.db", Array("no database\n".utf8))
    #expect(try open().quarantined?.name == "\(path).bad-1")
  }

  @Test func `an empty file is a new store`() throws {
    try folder.file("outbox.db", [])
    #expect(try open().quarantined == nil)
  }

  @Test func `a folder in its place is not the file's fault`() throws {
    try folder.file("outbox.db/file", [])
    #expect(throws: OutboxError.self) { try open() }
    #expect(Files.kind(path) == .folder)
  }
}
