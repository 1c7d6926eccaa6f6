import CPlatform
import Testing

@testable import Store
@testable import System
import TestSupport

/// Goal: the weightiest and oldest records leave first, in bounded pieces. Acknowledged records are
/// gone, and no others. Times are those of the present clock. The log stays bounded while the core
/// writes.
/// Method: real files, filled by the core's end of the outbox; the test gives the clock.
@Suite struct FileDrainTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }
  private static let now: Int64 = 1_800_000_000_000_000_000
  private static let second: Int64 = 1_000_000_000

  /// The outbox that the test opened last, while it is open.
  private final class Core { weak var outbox: Outbox? }
  private let core = Core()

  private func open(_ bytesMax: Int = 1 << 20, boot: String = "boot-1") throws -> Outbox {
    let outbox = try Outbox(path, bytesMax: bytesMax, boot: boot)
    core.outbox = outbox
    return outbox
  }

  /// The core's own, while there is a core.
  private func drain(boot: String = "boot-1") throws -> FileDrain {
    if let outbox = core.outbox { return try FileDrain(of: outbox, boot: boot) }
    return try FileDrain(path, boot: boot)
  }

  private func record(
    _ kind: RecordKind, at: Int64 = 0, bodyBytes: Int = 20, time: Int64? = now
  ) -> NewRecord {
    let filling = String(repeating: "x", count: bodyBytes)
    return NewRecord(
      kind: kind, at: at, time: time, source: "tank", body: "{\"a\":\"\(filling)\"}")
  }

  private func integer(_ sql: String) throws -> Int64? { try Outbox.reader(path).integer(sql) }

  @Test func `the weightiest come first, the oldest of each kind first`() throws {
    let kinds: [RecordKind] = [.debug, .result, .alert, .anomaly, .result, .audit, .alert]
    let outbox = try open()
    for kind in kinds { try outbox.append([record(kind)], durably: false) }
    let drain = try drain()
    #expect(try drain.count() == 7)
    #expect(try drain.next(max: 100).map { $0.sequence } == [3, 7, 6, 4, 2, 5, 1])
    #expect(try drain.next(max: 3).map { $0.sequence } == [3, 7, 6])
  }

  @Test func `a kind that a later version wrote is sent too`() throws {
    try open().append([record(.alert), record(.result)], durably: false)
    try Database(path, .existing).execute("UPDATE record SET kind = 9 WHERE kind = 1")
    #expect(try drain().next(max: 9).map { $0.kind } == [9, 4])
  }

  @Test func `bodies are bounded, and one that is larger goes alone`() throws {
    let outbox = try open()
    for _ in 0..<5 { try outbox.append([record(.result, bodyBytes: 15_000)], durably: false) }
    let drain = try drain()
    #expect(drain.bodyBytesMax == 32 << 10)
    #expect(try drain.next(max: 100).count == 2)
    try Database(path, .existing).execute("UPDATE record SET body = hex(zeroblob(40000))")
    #expect(try drain.next(max: 100).count == 1)
  }

  @Test func `what is acknowledged is gone, and nothing beside it`() throws {
    let outbox = try open()
    for index in 0..<20 {
      try outbox.append([record(index % 3 == 0 ? .alert : .result)], durably: false)
    }
    let drain = try drain()
    let records = try drain.next(max: 10)
    try drain.acknowledge(records[2..<9])
    let gone = Set(records[2..<9].map { $0.sequence })
    #expect(
      Set(try outbox.records(after: 0).map { $0.sequence }) == Set(1...20).subtracting(gone))
    // It is no fault if the core has dropped a record meanwhile, or if it is acknowledged twice.
    try drain.acknowledge(records[...])
    #expect(try drain.count() == 10)
    try drain.acknowledge([])
  }

  @Test func `what is passed over stays, and what is behind it comes`() throws {
    let outbox = try open()
    for index in 0..<20 {
      try outbox.append([record(index % 4 == 0 ? .alert : .result)], durably: false)
    }
    let drain = try drain()
    let passed: Set<Int64> = [1, 9, 3, 7, 99]
    let records = try drain.next(max: 8, passingOver: passed)
    #expect(records.map { $0.sequence } == [5, 13, 17, 2, 4, 6, 8, 10])
    try drain.acknowledge(records[...])
    let left: [Int64] = [1, 3, 7, 9, 11, 12, 14, 15, 16, 18, 19, 20]
    #expect(try outbox.records(after: 0).map { $0.sequence } == left)
    #expect(try drain.next(max: 1).map { $0.sequence } == [1])
    #expect(try drain.next(max: 1, passingOver: [1, 9]).map { $0.sequence } == [3])
    #expect(try drain.next(max: 9, passingOver: Set(1...20)).isEmpty)
  }

  @Test func `as many as may be passed over cost a batch no record`() throws {
    let outbox = try open(8 << 20)
    let most = OutboxLimits.passedOverMax
    for _ in 0..<(most + 30) { try outbox.append([record(.alert)], durably: false) }
    let drain = try drain()
    let records = try drain.next(max: 20, passingOver: Set((1...most).map { Int64($0) }))
    #expect(records.map { $0.sequence } == (1...20).map { Int64($0 + most) })
  }

  @Test func `it says whether an alert waits`() throws {
    let outbox = try open()
    try outbox.append([record(.audit)], durably: false)
    let drain = try drain()
    #expect(try !drain.hasAlert())
    try outbox.append([record(.alert)], durably: false)
    #expect(try drain.hasAlert())
  }

  @Test func `a refused record is set aside and not sent again`() throws {
    try open().append([record(.result), record(.alert, time: nil)], durably: true)
    let drain = try drain()
    let alert = try #require(drain.next(max: 1, wall: 0, now: 0).first)
    try drain.setAside(alert, reason: "422")
    #expect(try drain.next(max: 9).map { $0.sequence } == [2])
    let row = "FROM set_aside WHERE sequence = 1 AND kind = 4 AND source = 'tank' AND time IS NULL"
    #expect(try Outbox.reader(path).text("SELECT reason \(row)") == "422")
    // A record that is no longer in the file is not set aside from memory.
    try drain.setAside(alert, reason: "again")
    #expect(try Outbox.reader(path).text("SELECT reason \(row)") == "422")
  }

  @Test func `beyond the limit the oldest refused record goes, and is counted`() throws {
    let outbox = try open()
    let drain = try drain()
    for index in 0...OutboxLimits.setAsideMax {
      try outbox.append([record(.result, at: Int64(index))], durably: false)
      try drain.setAside(try #require(drain.next(max: 1).first), reason: "no")
    }
    #expect(try integer("SELECT count(*) FROM set_aside") == Int64(OutboxLimits.setAsideMax))
    #expect(try integer("SELECT min(at) FROM set_aside") == 1)
    #expect(try integer("SELECT count FROM loss WHERE reason = 'too many set aside'") == 1)
  }

  @Test func `refused records that make room count as what they are`() throws {
    let outbox = try open()
    let drain = try drain()
    // Until what is set aside fills the file: a record then takes the place of the oldest.
    for _ in 0..<OutboxLimits.setAsideMax {
      try outbox.append([record(.result, bodyBytes: 4000)], durably: false)
      guard let next = try drain.next(max: 1).first else { break }
      try drain.setAside(next, reason: "no")
    }
    try outbox.append([record(.alert, bodyBytes: 8000)], durably: true)
    #expect(try outbox.records(after: 0).last?.kind == RecordKind.alert.rawValue)
    let kinds = "SELECT count(*) FROM loss WHERE reason = 'too many set aside' AND kind"
    #expect(try integer("\(kinds) = \(RecordKind.result.rawValue)") == 1)
    #expect(try integer("\(kinds) <> \(RecordKind.result.rawValue)") == 0)
  }

  @Test func `what was set aside is sent again when a person asks`() throws {
    let outbox = try open()
    let drain = try drain()
    for index in 0..<10 {
      try outbox.append([record(index == 3 ? .alert : .result)], durably: false)
      if index < 9 { try drain.setAside(try #require(drain.next(max: 1).first), reason: "no") }
    }
    #expect(try drain.count() == 1)
    var moved: [Int64] = []
    repeat { moved.append(try drain.retrySetAside()) } while moved.last! > 0
    #expect(moved == [4, 4, 1, 0], "a few at a time")
    #expect(try drain.next(max: 20).map { $0.sequence } == [4, 1, 2, 3, 5, 6, 7, 8, 9, 10])
    #expect(try integer("SELECT count(*) FROM set_aside") == 0)
    // No name is given again.
    try outbox.append([record(.result)], durably: false)
    #expect(outbox.lastSequence == 11)
  }

  @Test func `what is deleted through a record is what waited till then`() throws {
    let outbox = try open()
    for _ in 0..<600 { try outbox.append([record(.result)], durably: false) }
    let drain = try drain()
    var gone: [Int64] = []
    repeat { gone.append(try drain.delete(through: 590)) } while gone.last! > 0
    #expect(gone == [256, 256, 78, 0])
    #expect(try drain.count() == 10)
  }

  @Test func `what was sent stays, and waits for nothing`() throws {
    let outbox = try Outbox(path, bytesMax: 1 << 20, boot: "boot-1", keepSeconds: 3600)
    for kind in [RecordKind.alert, .result, .result] {
      try outbox.append([record(kind)], durably: false)
    }
    let drain = try FileDrain(of: outbox, boot: "boot-1")
    try drain.acknowledge(try drain.next(max: 2)[...])
    #expect(try drain.next(max: 9).map { $0.sequence } == [3])
    #expect(try drain.count() == 1 && !drain.hasAlert() && drain.hasRecords())
    #expect(try outbox.records(after: 0).count == 3)
    #expect(try OutboxSurvey(path).sent == 2)
    #expect(try OutboxSurvey(path).counts.map { $0.records } == [1])
    // A record that a server has is neither set aside nor moved away by hand.
    try drain.setAside(1, reason: "no")
    #expect(try integer("SELECT count(*) FROM set_aside") == 0)
    while try drain.delete(through: .max) > 0 {}
    #expect(try outbox.records(after: 0).map { $0.sequence } == [1, 2])
    let sent = try #require(try integer("SELECT min(sent) FROM record"))
    #expect(try !outbox.forgetSent(before: sent))
    #expect(try outbox.forgetSent(before: sent + 1))
    #expect(try outbox.records(after: 0).isEmpty)
    #expect(try integer("SELECT count(*) FROM loss") == 0, "it was no loss")
  }

  @Test func `what was sent makes room before anything is lost`() throws {
    let outbox = try Outbox(path, bytesMax: 1 << 20, boot: "boot-1", keepSeconds: 3600)
    let drain = try FileDrain(of: outbox, boot: "boot-1")
    for _ in 0..<3000 {
      try outbox.append([record(.result, bodyBytes: 600)], durably: false)
      try drain.acknowledge(try drain.next(max: 9)[...])
    }
    #expect(try integer("SELECT count(*) FROM loss") == 0)
    let kept = try #require(try integer("SELECT count(*) FROM record"))
    #expect(kept > 300 && kept < 3000)
    #expect(try integer("SELECT min(sequence) FROM record") == 3001 - kept, "the oldest goes first")
    // Full of what was sent: alerts that wait have all the room.
    for _ in 0..<kept { try outbox.append([record(.alert, bodyBytes: 600)], durably: false) }
    #expect(try integer("SELECT count(*) FROM loss") == 0)
  }

  @Test func `a name that is told is on the disk`() throws {
    let outbox = try open()
    try outbox.append([record(.result)], durably: false)
    let drain = try drain()
    #expect(try drain.next(max: 1).count == 1)
    // A log that cannot be synchronized is no ground to tell names.
    try outbox.append([record(.result)], durably: false)
    #expect(rename("\(path)-wal", "\(path)-away") == 0)
    #expect(mkdir("\(path)-wal", 0o000) == 0)
    if geteuid() != 0 { #expect(throws: OutboxError.self) { try drain.next(max: 2) } }
    #expect(rmdir("\(path)-wal") == 0 && rename("\(path)-away", "\(path)-wal") == 0)
    #expect(try drain.next(max: 2).count == 2)
  }

  @Test func `a full store has room to set a record aside`() throws {
    let outbox = try open()
    for _ in 0..<3000 { try outbox.append([record(.result, bodyBytes: 600)], durably: false) }
    let drain = try drain()
    for _ in 0..<50 {
      try drain.setAside(try #require(drain.next(max: 1).first), reason: "no")
    }
    #expect(try integer("SELECT count(*) FROM set_aside") == 50)
    #expect(Files.bytes(of: path) <= OutboxLimits.pagesMax(of: 1 << 20) * OutboxLimits.pageBytes)
  }

  /// (stored time, boot of the record, time that is sent), all in seconds from `now`; the record is
  /// 100 s old.
  @Test(
    arguments: [
      (nil, "boot-1", -100), (nil, "boot-0", nil), (-100, "boot-1", -100), (-41, "boot-1", -41),
      (-159, "boot-1", -159), (-39, "boot-1", -100), (-161, "boot-1", -100),
      (370_000_000, "boot-1", -100), (370_000_000, "boot-0", 370_000_000),
    ] as [(Int64?, String, Int64?)])
  func `a time is what the present clock makes of it`(
    stored: Int64?, boot: String, sent: Int64?
  ) throws {
    let absolute = { (seconds: Int64?) in seconds.map { Self.now + $0 * Self.second } }
    let outbox = try open(boot: boot)
    try outbox.append(
      [record(.alert, at: 900 * Self.second, time: absolute(stored))], durably: true)
    let drain = try drain()
    let record = try #require(
      drain.next(max: 1, wall: Self.now, now: 1000 * Self.second).first)
    #expect(record.time == absolute(sent))
    #expect(try outbox.records(after: 0).first?.time == absolute(sent), "sent again it is the same")
  }

  @Test func `a board that does not know the time corrects none`() throws {
    let outbox = try open()
    try outbox.append([record(.alert, at: 5, time: nil), record(.alert, at: 6)], durably: true)
    let records = try drain().next(max: 2, wall: 90 * Self.second, now: 80 * Self.second)
    #expect(records.map { $0.time } == [nil, Self.now])
    let unknown = try drain(boot: "").next(max: 2, wall: Self.now + 99 * Self.second, now: 7)
    #expect(unknown.map { $0.time } == [nil, Self.now])
  }

  @Test func `a file that is quarantined under it takes nothing of the new one with it`() throws {
    try open().append([record(.alert), record(.alert)], durably: true)
    let drain = try drain()
    let records = try drain.next(max: 1)
    _ = try Quarantine.quarantine(path)
    let outbox = try open()
    #expect(outbox.epoch != drain.epoch)
    for _ in 0..<3 { try outbox.append([record(.alert)], durably: true) }
    #expect(throws: OutboxError.replaced) { try drain.acknowledge(records[...]) }
    #expect(throws: OutboxError.replaced) { try drain.setAside(records[0], reason: "no") }
    #expect(try outbox.records(after: 0).count == 3)
    #expect(try self.drain().next(max: 9).count == 3)
  }

  @Test func `closing one that was quarantined leaves the new log alone`() throws {
    try open().append([record(.alert)], durably: true)
    var old: FileDrain? = try drain()
    _ = try old?.next(max: 1)
    _ = try Quarantine.quarantine(path)
    let outbox = try open()
    try outbox.append([record(.alert), record(.alert)], durably: true)
    #expect(old != nil)
    old = nil
    #expect(Files.bytes(of: path + "-wal") > 0)
    #expect(try drain().next(max: 9).count == 2)
  }

  @Test func `it opens only a file that is there and that is an outbox`() throws {
    #expect(throws: OutboxError.self) { try drain() }
    #expect(Files.kind(path) == .missing)
    try Files.create(path, [], mode: 0o600)
    #expect(throws: OutboxError.empty) { try drain() }
    _ = try open()
    try Database(path, .existing).execute("PRAGMA application_id=5")
    #expect(throws: OutboxError.foreign(application: 5)) { try drain() }
  }

  /// The smallest outbox has the smallest log.
  @Test func `the log stays within its bound while the core writes and this deletes`() throws {
    let bytesMax = OutboxLimits.bytesMin
    let outbox = try open(bytesMax)
    let drain = try drain()
    var (largest, sent, written) = (0, 0, 0)
    for round in 0..<400 {
      for _ in 0..<30 {
        try outbox.append([record(.result, at: Int64(round), bodyBytes: 300)], durably: false)
        written += 1
      }
      let records = try drain.next(max: 256)
      try drain.acknowledge(records[...])
      sent += records.count
      largest = max(largest, Files.bytes(of: path + "-wal"))
    }
    #expect(largest <= OutboxLimits.logBytesMax(of: bytesMax))
    #expect(sent == written)
  }
}
