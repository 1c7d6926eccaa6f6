import Testing

@testable import Config
@testable import Store
@testable import Sync
@testable import System
import TestSupport

/// Goal: recordings go behind all records, each once, within a day's bytes, over restarts too; what
/// the server refuses and what is over the budget is passed over and counted, and holds nothing up.
/// Method: a server of a few lines, real outboxes, contexts as sync makes them at each start.
@Suite struct RecordingUploadTests {
  private let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }
  /// Of each recording of these tests; with what is reserved beside it the budget's 64 KiB hold
  /// three of them, and more where they cost less.
  private static let bytes = 12 << 10

  private func context(_ more: String = "recordings = \"64KiB\"") throws -> SyncContext {
    let text = """
      agent = { id = "a", state = "\(folder.path)", models = "\(folder.path)/models" }
      store = { path = "\(path)" }
      [sync]
      uplink = "cloudevents:http://127.0.0.1:1/"
      \(more)
      """
    let configuration = try Configuration.parse([
      ConfigurationSource(file: folder.path + "/a.toml", bytes: Array(text.utf8))
    ])
    return SyncContext(configuration, configuration.sync!, cancelDescriptor: -1)
  }

  private func outbox() throws -> Outbox { try Outbox(path, bytesMax: 8 << 20, boot: "boot-1") }

  private func record(_ count: Int, bytes: Int = bytes) throws {
    let outbox = try outbox()
    for episode in 1...Int64(count) {
      let recording = NewRecording(
        episode: episode, at: episode, time: nil, sensor: "wrist",
        bytes: [UInt8](repeating: UInt8(truncatingIfNeeded: episode), count: bytes))
      try outbox.append(recording, bytesMax: 4 << 20)
    }
  }

  /// As a round of a lane that started with this context.
  @discardableResult
  private func run(
    _ context: SyncContext, _ server: RecordingServer?,
    sendRecords: () throws(SyncError) -> Void = {}
  ) throws -> RecordingUpload {
    let upload = RecordingUpload(context)
    server?.meter = context.meter
    try upload.run(FileDrain(path), through: server, sendRecords: sendRecords)
    try context.state.save()
    return upload
  }

  @Test func `each goes once, the oldest first, and stays in the outbox`() throws {
    try record(3)
    let (context, server) = (try context(), RecordingServer())
    #expect(try RecordingUpload(context).task(FileDrain(path)) == .overTheLink)
    #expect(try run(context, server).isComplete)
    let epoch = try FileDrain(path).epoch
    #expect(server.names == ["\(epoch)-r1", "\(epoch)-r2", "\(epoch)-r3"])
    try run(context, server)
    try run(self.context(), server)
    #expect(server.names.count == 3)
    #expect(context.state.recordings.sent == 3)
    #expect(try RecordingUpload(context).task(FileDrain(path)) == .nothing)
    #expect(try OutboxSurvey(path).recordings.count == 3)
  }

  @Test func `records go before each of them`() throws {
    try record(3)
    let server = RecordingServer()
    var order: [Int] = []
    server.answer = { _ in
      order.append(server.names.count)
      return nil
    }
    try run(context(), server) { () throws(SyncError) in order.append(0) }
    #expect(order == [0, 1, 0, 2, 0, 3])
  }

  @Test func `a record that does not go keeps recordings back, and its fault is the round's`()
    throws
  {
    try record(2)
    let server = RecordingServer()
    #expect(throws: SyncError.self) {
      try run(context(), server) { () throws(SyncError) in throw Self.status(503) }
    }
    #expect(server.names.isEmpty)
  }

  @Test func `beyond the budget none goes, also after a restart, and each is counted once`() throws
  {
    try record(6)
    let server = RecordingServer()
    try run(context(), server)
    // Each costs its bytes and 500 more, and the next has to fit with what is reserved for it.
    #expect(server.names.count == 4)
    for _ in 0..<3 { try run(context(), server) }
    let context = try context()
    #expect(context.state.recordings.sent == 4 && context.state.recordings.overBudget == 2)
    #expect(server.names.count == 4 && context.state.recordings.budget.bytes <= 64 << 10)
    try record(1)
    #expect(try RecordingUpload(context).task(FileDrain(path)) == .local)
    let upload = try run(context, nil)
    #expect(upload.isComplete && context.state.recordings.overBudget == 3)
    #expect(try OutboxSurvey(path).recordings.count == 7)
  }

  @Test func `an end in the middle of each costs no more than the budget`() throws {
    try record(40)
    let server = RecordingServer()
    for _ in 0..<40 {
      let context = try context()
      server.answer = { _ in
        // What the process would find again, had it ended here.
        let copy = SyncState(
          path: folder.path + "/sync.json", uplink: context.settings.uplink!.text, registry: "")
        #expect(copy.recordings.budget.bytes >= Self.bytes * server.names.count)
        return Self.status(503)
      }
      let upload = RecordingUpload(context)
      server.meter = context.meter
      try upload.run(FileDrain(path), through: server) { () throws(SyncError) in }
      // It never comes to save what it settled.
    }
    #expect(server.names.count == 3)
  }

  @Test func `without a place for the count none goes`() throws {
    try record(1)
    let (context, server) = (try context(), RecordingServer())
    Files.remove(folder.path + "/sync.json")
    Files.makeFolder(of: folder.path + "/sync.json/x")
    let upload = RecordingUpload(context)
    server.meter = context.meter
    try upload.run(FileDrain(path), through: server) { () throws(SyncError) in }
    #expect(server.names.isEmpty && !upload.isComplete)
    #expect(context.state.recordings.budget.bytes == 0)
  }

  @Test(arguments: [400, 405, 406, 409, 410, 413, 414, 415, 422, 431, 501])
  func `one that the server refuses is passed over, and the next goes`(status: Int) throws {
    try record(3)
    let (context, server) = (try context(), RecordingServer())
    server.answer = { $0.sequence == 2 ? Self.status(status) : nil }
    #expect(try run(context, server).isComplete)
    #expect(server.names.count == 3)
    #expect(context.state.recordings.sent == 2 && context.state.recordings.refused == 1)
  }

  @Test(arguments: [302, 401, 403, 404, 408, 425, 429, 500, 503])
  func `trouble of the server holds them up, and no other thing`(status: Int) throws {
    try record(2)
    let (context, server) = (try context(), RecordingServer())
    server.answer = { _ in Self.status(status) }
    #expect(try !run(context, server).isComplete)
    #expect(server.names.count == 1 && context.state.recordings.after == 0)
    server.answer = { _ in nil }
    #expect(try run(context, server).isComplete)
    #expect(context.state.recordings.sent == 2)
  }

  @Test func `one that is never taken is given up, and the others go`() throws {
    try record(2)
    let server = RecordingServer()
    server.answer = { $0.sequence == 1 ? Self.status(500) : nil }
    for _ in 0..<6 { try run(context("recordings = \"10MiB\""), server) }
    let context = try context()
    #expect(context.state.recordings.refused == 1 && context.state.recordings.sent == 1)
    #expect(server.names.count == 6)
  }

  @Test func `no count in the file is one too many`() throws {
    try record(1)
    let context = try context()
    let epoch = try FileDrain(path).epoch
    let text =
      #"{"recordings":{"epoch":"\#(epoch)","tries":9223372036854775807,"bytes":1,"day":0,"#
      + #""since":9223372036854775807,"sent":9223372036854775807,"refused":9223372036854775807}}"#
    try Files.replace(folder.path + "/sync.json", with: Array(text.utf8))
    let again = try self.context()
    #expect(again.state.recordings.refused == .max && context.state.recordings.refused == 0)
    let server = RecordingServer()
    server.answer = { _ in Self.status(500) }
    try run(again, server)
    #expect(server.names.count == 1 && again.state.recordings.refused == .max)
    #expect(again.state.recordings.after == 1)
  }

  @Test func `a link that is away costs nothing, and gives none up`() throws {
    try record(1)
    let server = RecordingServer()
    server.costs = false
    server.answer = { _ in
      .http(HTTPFailure(place: "s", fault: .timeout(.connecting, milliseconds: 1)))
    }
    for _ in 0..<20 { #expect(try !run(context(), server).isComplete) }
    #expect(try context().state.recordings.budget.bytes == 0)
    (server.costs, server.answer) = (true, { _ in nil })
    try run(context(), server)
    #expect(try context().state.recordings.sent == 1)
  }

  @Test func `Retry-After holds them up, over a restart, and not for another server`() throws {
    try record(1)
    let server = RecordingServer()
    server.answer = { _ in Self.status(429, retryAfter: 1000) }
    try run(context(), server)
    #expect(try RecordingUpload(context()).task(FileDrain(path)) == .nothing)
    try run(context(), server)
    #expect(server.names.count == 1)
    let other = SyncState(
      path: folder.path + "/sync.json", uplink: "cloudevents:http://x/", registry: "")
    #expect(other.recordings.heldUntil == 0 && other.recordings.tries == 1)
  }

  @Test func `more than the budget on the way ends it there`() throws {
    try record(2)
    let (context, server) = (try context(), RecordingServer())
    server.overhead = 60 << 10
    #expect(try run(context, server).isComplete)
    #expect(server.names.count == 1 && context.state.recordings.overBudget == 2)
    #expect(context.state.recordings.budget.bytes == 64 << 10)
    #expect(!context.meter.isSpent, "records still go")
  }

  @Test func `of the day's bytes they take a quarter at most`() throws {
    try record(12)
    let (context, server) = (
      try context("recordings = \"1MiB\"\nbytes_per_day = \"256KiB\""), RecordingServer()
    )
    #expect(context.beginAttempt())
    try run(context, server)
    #expect(server.names.count == 4 && context.state.recordings.overBudget == 8)
  }

  @Test func `without a word about it a day has room for seven of the largest`() throws {
    try record(10, bytes: 32 << 10)
    let (context, server) = (try context(""), RecordingServer())
    try run(context, server)
    #expect(server.names.count == 7 && context.state.recordings.overBudget == 3)
  }

  @Test func `where attempts count, none begins for them`() throws {
    try record(1)
    let context = try context("attempts_per_day = 5")
    let server = RecordingServer()
    #expect(try RecordingUpload(context).task(FileDrain(path)) == .nothing)
    try run(context, server)
    #expect(server.names.count == 1)
  }

  @Test func `none is sent while a model comes`() throws {
    try record(1)
    let context = try context()
    let lane = UplinkLane(context, context.settings.uplink!, context.configuration.store!)
    #expect(lane.task == .overTheLink)
    lane.sendsRecordings = false
    #expect(lane.task == .nothing)
  }

  @Test func `with no bytes for them all stay where they are`() throws {
    try record(2)
    let (context, server) = (try context("recordings = \"0KiB\""), RecordingServer())
    #expect(try RecordingUpload(context).task(FileDrain(path)) == .nothing)
    try run(context, server)
    #expect(server.names.isEmpty && context.state.recordings.isEmpty)
  }

  @Test func `another outbox begins with its first`() throws {
    try record(2)
    let server = RecordingServer()
    try run(context(), server)
    for name in ["", "-wal", "-shm"] { Files.remove(path + name) }
    try record(1)
    try run(context(), server)
    #expect(server.names.count == 3 && Set(server.names).count == 3)
  }

  @Test func `all of it comes back, and nothing in the file stops it`() throws {
    let file = folder.path + "/sync.json"
    var first = SyncState(path: file, uplink: "u", registry: "")
    first.recordings.follow("e")
    for end in [.sent, .overBudget, .refused] as [RecordingsState.End] {
      first.recordings.pass(7, end)
    }
    (first.recordings.tries, first.recordings.heldBoot) = (3, "b")
    first.recordings.budget = RecordingBudget(day: 1, bytes: 2, boot: "b", since: 3)
    first.uplink.doneAt = 5
    try first.save()
    #expect(SyncState(path: file, uplink: "u", registry: "").recordings == first.recordings)
    for text in ["7", "[]", #"{"after":-5,"bytes":"x","since":-1,"sent":9223372036854775807}"#] {
      try Files.replace(file, with: Array(#"{"recordings":\#(text)}"#.utf8))
      var state = SyncState(path: file, uplink: "u", registry: "").recordings
      #expect(state.after == 0 && state.budget.since == 0)
      state.pass(.max, .sent)
      #expect(state.sent >= 1)
    }
  }

  private static func status(_ status: Int, retryAfter: Int64? = nil) -> SyncError {
    .status(StatusFailure(place: "s", status: status, retryAfter: retryAfter, detail: ""))
  }
}

/// A server that takes every recording but what its script refuses, over a link that counts.
private final class RecordingServer: Uplink {
  let recordsMax = 1
  var answer: (StoredRecording) -> SyncError? = { _ in nil }
  /// Of the context whose round it is.
  var meter: TrafficMeter?
  var costs = true
  var overhead: Int64 = 500
  private(set) var names: [String] = []

  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {}

  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {
    names.append(recording.name(epoch: epoch))
    if costs {
      do throws(HTTPFault) {
        try meter!.spend(Int64(recording.bytes.count) + overhead)
      } catch {
        throw .http(HTTPFailure(place: "s", fault: error))
      }
    }
    if let error = answer(recording) { throw error }
  }
}
