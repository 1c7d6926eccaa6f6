import TestSupport
import Testing

@testable import Store
@testable import System

/// Goal: recordings are kept within their budget, the oldest goes first, and no record is ever
/// dropped or refused for one.
/// Method: real files, read again through another connection.
@Suite struct OutboxRecordingsTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  private func open(_ bytesMax: Int = 1 << 20) throws -> Outbox {
    try Outbox(path, bytesMax: bytesMax, boot: "boot-1")
  }

  private func recording(_ episode: Int64, bytes: Int = 1000) -> NewRecording {
    NewRecording(
      episode: episode, at: episode, time: nil, sensor: "wrist",
      bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: episode), count: bytes))
  }

  private func stored(_ episode: Int64? = nil) throws -> [StoredRecording] {
    var all: [StoredRecording] = []
    try StoredRecording.read(path, episode: episode) { recording in
      all.append(recording)
      return true
    }
    return all
  }

  private func lost(_ reason: LossReason = .noRoom) throws -> Int64 {
    try OutboxSurvey(path).losses.filter { $0.kind == "recording" && $0.reason == reason.word }
      .reduce(0) { $0 + $1.records }
  }

  @Test func `a recording comes back byte for byte, the newest first`() throws {
    let outbox = try open()
    for episode: Int64 in [1, 2, 2] { try outbox.append(recording(episode), bytesMax: 1 << 16) }
    #expect(try stored().map { $0.sequence } == [3, 2, 1])
    #expect(try stored(2).map { $0.episode } == [2, 2] && stored(3).isEmpty)
    #expect(try stored(1)[0].bytes == recording(1).bytes && stored(1)[0].sensor == "wrist")
    let survey = try OutboxSurvey(path)
    #expect(survey.counts.isEmpty)
    #expect(survey.recordings.count == 3 && survey.recordings.bytes == 3000)
  }

  @Test func `sync gets them one by one, the oldest first, and leaves them where they are`() throws
  {
    let outbox = try open()
    for episode: Int64 in [5, 6] { try outbox.append(recording(episode), bytesMax: 1 << 16) }
    let drain = try FileDrain(of: outbox, boot: "boot-2")
    #expect(try drain.recording(after: 0)?.episode == 5 && drain.recordingBytes(after: 0) == 1000)
    #expect(try drain.recording(after: 1)?.bytes == recording(6).bytes)
    #expect(try drain.recording(after: 2) == nil && drain.recordingBytes(after: 2) == nil)
    #expect(try drain.recording(after: .max) == nil)
    #expect(try stored().count == 2)
  }

  @Test func `what no agent wrote is not sent`() throws {
    let outbox = try open()
    for episode: Int64 in 1...3 { try outbox.append(recording(episode), bytesMax: 1 << 16) }
    try outbox.database.execute(
      "UPDATE recording SET frames = zeroblob(65537) WHERE sequence = 1; "
        + "UPDATE recording SET frames = x'' WHERE sequence = 2")
    let drain = try FileDrain(of: outbox)
    #expect(try drain.recording(after: 0)?.sequence == 3 && drain.recordingBytes(after: 0) == 1000)
  }

  @Test func `a time that the board did not know is made up for, in what is sent`() throws {
    let (now, second): (Int64, Int64) = (1_800_000_000_000_000_000, 1_000_000_000)
    let outbox = try open()
    for time in [nil, 7, now] as [Int64?] {
      var one = recording(1)
      (one.at, one.time) = (10 * second, time)
      try outbox.append(one, bytesMax: 1 << 16)
    }
    func times(boot: String) throws -> [Int64?] {
      let drain = try FileDrain(of: outbox, boot: boot)
      return try (0..<3).map {
        try drain.recording(after: $0, wall: now + second, now: 11 * second)!.time
      }
    }
    #expect(try times(boot: "boot-1") == [now, now, now])
    #expect(try times(boot: "boot-2") == [nil, 7, now])
    #expect(try stored().map { $0.time } == [now, 7, nil])
  }

  @Test func `a recording survives a power cut after records that need not`() throws {
    let outbox = try open()
    let record = NewRecord(kind: .result, at: 1, source: "a", body: "{}")
    try outbox.append([record], durably: false)
    #expect(try outbox.database.integer("PRAGMA synchronous") == 1)
    try outbox.append(recording(1), bytesMax: 1 << 16)
    #expect(try outbox.database.integer("PRAGMA synchronous") == 2)
    try outbox.append([record], durably: false)
    #expect(try outbox.database.integer("PRAGMA synchronous") == 1)
  }

  @Test func `the budget holds, and what goes is counted`() throws {
    let outbox = try open()
    for episode: Int64 in 1...10 { try outbox.append(recording(episode), bytesMax: 3500) }
    #expect(try stored().map { $0.episode } == [10, 9, 8])
    #expect(try lost() == 7)
    try outbox.append(
      recording(11, bytes: 4000), bytesMax: 3500, lost: LostRecordings(refused: 2, failed: 5))
    #expect(try stored().isEmpty && lost() == 11)
    #expect(try lost(.queueFull) == 2 && lost(.storeFailed) == 5)
  }

  @Test func `records push recordings out, and recordings push out no record`() throws {
    let outbox = try open()
    for episode: Int64 in 1...5 {
      try outbox.append(recording(episode, bytes: 30_000), bytesMax: 1 << 20)
    }
    let body = "{\"a\":\"\(String(repeating: "x", count: 2000))\"}"
    var count: Int64 = 0
    while try !stored().isEmpty {
      try outbox.append(
        [NewRecord(kind: .debug, at: 1, source: "a", body: body)], durably: false)
      count += 1
      #expect(count < 1000)
    }
    #expect(try outbox.records(after: 0).first?.sequence == 1, "no record went before a recording")
    #expect(try lost() == 5)
    // Full of records of the lowest kind: there is no room for a recording.
    while try OutboxSurvey(path).losses.allSatisfy({ $0.kind == "recording" }) {
      try outbox.append(
        [NewRecord(kind: .debug, at: 1, source: "a", body: body)], durably: false)
    }
    let before = try OutboxSurvey(path).counts.map { $0.records }
    // Larger than what the last eviction has left.
    try outbox.append(recording(6, bytes: 200_000), bytesMax: 1 << 20)
    #expect(try stored().isEmpty && OutboxSurvey(path).counts.map { $0.records } == before)
    #expect(try lost() == 6)
    try outbox.append([NewRecord(kind: .alert, at: 1, source: "a", body: body)], durably: true)
    #expect(try FileDrain(of: outbox).hasAlert())
  }
}
