import CPlatform
import CSQLite
import Testing

@testable import Store
@testable import System
import TestSupport

/// Goal: appended records are there, in order and for good. The cap holds. The lowest kind is
/// dropped first. Every loss is counted. Method: real files, read again through another connection.
@Suite struct OutboxTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  private func open(_ bytesMax: Int = 1 << 20) throws -> Outbox {
    try Outbox(path, bytesMax: bytesMax, boot: "boot-1")
  }

  private func record(
    _ kind: RecordKind, _ index: Int = 0, bodyBytes: Int = 20, time: Int64? = 7
  ) -> NewRecord {
    let filling = String(repeating: "x", count: bodyBytes)
    return NewRecord(
      kind: kind, at: Int64(index), time: time, source: "tank", body: "{\"a\":\"\(filling)\"}")
  }

  private func count(_ kind: RecordKind) throws -> Int64? {
    try Outbox.reader(path).integer("SELECT count(*) FROM record WHERE kind = \(kind.rawValue)")
  }

  private func lost(_ kind: RecordKind, _ reason: LossReason = .noRoom) throws -> Int64 {
    try Outbox.reader(path).integer(
      "SELECT count FROM loss WHERE kind = \(kind.rawValue) AND reason = '\(reason.word)'") ?? 0
  }

  @Test func `what was appended comes back as it was`() throws {
    let outbox = try open()
    try outbox.append([record(.alert, 3), record(.result, 4, time: nil)], durably: true)
    let records = try outbox.records(after: 0)
    #expect(records.map { $0.kind } == [4, 1])
    #expect(records.map { $0.sequence } == [1, 2])
    #expect(records.map { $0.time } == [7, nil])
    #expect(records.map { $0.at } == [3, 4])
    #expect(records.allSatisfy { $0.boot == "boot-1" && $0.source == "tank" })
    #expect(try outbox.records(after: 1).count == 1)
  }

  @Test func `a sequence is never given twice and the epoch stays`() throws {
    let epoch = try open().epoch
    #expect(epoch.utf8.count == 16)
    for round in 1...3 {
      let outbox = try open()
      #expect(outbox.epoch == epoch)
      try outbox.append([record(.result)], durably: false)
      #expect(outbox.database.lastSequence == Int64(round))
      try FileDrain(of: outbox).acknowledge(try outbox.records(after: 0)[...])
      #expect(try outbox.records(after: 0).isEmpty)
    }
  }

  @Test func `the cap holds, results go before alerts, and all that went is counted`() throws {
    let bytesMax = OutboxLimits.bytesMin
    let outbox = try open(bytesMax)
    let (rounds, alertsEvery) = (6000, 10)
    for round in 0..<rounds {
      let kind: RecordKind = round % alertsEvery == 0 ? .alert : .result
      try outbox.append([record(kind, round, bodyBytes: 300)], durably: false)
    }
    let size = Files.bytes(of: path) + Files.bytes(of: path + "-wal")
    #expect(size <= bytesMax)
    #expect(try count(.alert) == Int64(rounds / alertsEvery))
    #expect(try lost(.alert) == 0)
    let results = Int64(rounds - rounds / alertsEvery)
    #expect(try #require(try count(.result)) + lost(.result) == results)
    #expect(try lost(.result) > 0)
    // The oldest record was dropped.
    #expect(
      try #require(try Outbox.reader(path).integer("SELECT min(at) FROM record WHERE kind=1")) > 500
    )
  }

  @Test func `nothing weightier is dropped for a result`() throws {
    let outbox = try open(OutboxLimits.bytesMin)
    for index in 0..<6000 {
      try outbox.append([record(.alert, index, bodyBytes: 300)], durably: false)
    }
    let alerts = try count(.alert)
    // They may use the pages that the last eviction left free, and no more.
    for index in 0..<600 {
      try outbox.append([record(.result, index, bodyBytes: 300), record(.debug)], durably: false)
    }
    #expect(try count(.alert) == alerts)
    #expect(try #require(try count(.result)) + lost(.result) == 600)
    #expect(try lost(.result) > 0 && lost(.debug) > 0)
    #expect(try #require(alerts) + lost(.alert) == 6000)
  }

  @Test func `losses on the way are counted in the same commit`() throws {
    let outbox = try open()
    var losses = LossCount()
    losses.add(.queueFull, .result, 5)
    try outbox.append([record(.alert)], durably: true, losses: losses)
    try outbox.append([], durably: true, losses: losses)
    #expect(try lost(.result, .queueFull) == 10)
  }

  @Test func `a later version's file and another program's are refused`() throws {
    _ = try open()
    try Database(path, .existing).execute("PRAGMA user_version=99")
    #expect(throws: OutboxError.newer(version: 99)) { try open() }
    try Database(path, .existing).execute("PRAGMA application_id=5")
    #expect(throws: OutboxError.foreign(application: 5)) { try open() }
    #expect(throws: OutboxError.foreign(application: 5)) { try Outbox.reader(path) }
  }

  @Test func `a reader makes no file`() throws {
    #expect(throws: OutboxError.self) { try Outbox.reader("\(path)-none") }
    #expect(Files.kind("\(path)-none") == .missing)
  }

  @Test
  func `a reader that holds the log stops the writer at its limit, and only until it lets go`()
    throws
  {
    let outbox = try open(OutboxLimits.bytesMin)
    try outbox.append([record(.alert)], durably: true)
    let reader = try Outbox.reader(path)
    try reader.execute("BEGIN")
    _ = try reader.integer("SELECT count(*) FROM record")
    #expect(throws: OutboxError.logFull) {
      for _ in 0..<200 { try outbox.append([record(.alert, bodyBytes: 3000)], durably: false) }
    }
    #expect(Files.bytes(of: path + "-wal") <= OutboxLimits.logBytesMax(of: outbox.bytesMax))
    try reader.execute("COMMIT")
    try outbox.append([record(.alert)], durably: true)
  }

  @Test func `the limits fit each other`() {
    let least = OutboxLimits.bytesMin
    #expect(OutboxLimits.logBytesMax(of: least) < least / 2)
  }
}
