import Testing

@testable import Store
@testable import Sync
import TestSupport

/// Goal: every record is sent and gone, or still there; one that a server refuses holds up no
/// other, and is set aside alone, after a bounded number of tries, by a server that takes others.
/// Method: a server of a few lines that says what each test wants, on real stores; the test gives
/// the time.
@Suite struct UploadTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  private func fill(_ count: Int) throws {
    let outbox = try Outbox(path, bytesMax: 8 << 20, boot: "boot-1")
    for index in 1...count {
      let record = NewRecord(
        kind: .result, at: Int64(index), time: 7, source: "tank", body: "{\"n\":\(index)}")
      try outbox.append([record], durably: false)
    }
  }

  private func upload(_ server: ScriptedUplink) throws -> Upload {
    Upload(try FileDrain(path), through: server)
  }

  private func upload(
    _ server: ScriptedUplink, _ memory: UploadMemory, hours: Double = 0
  ) throws -> Upload {
    let at = Int64(hours * 3600) * 1_000_000_000
    return Upload(try FileDrain(path), server, memory, .min, 900_000_000_000) {
      RefusedRecords.Moment(boot: "boot-1", at: at)
    }
  }

  /// Its sequence.
  private func newRecord() throws -> Int64 {
    let outbox = try Outbox(path, bytesMax: 8 << 20, boot: "boot-1")
    try outbox.append(
      [NewRecord(kind: .result, at: 1, time: 7, source: "tank", body: "{}")], durably: false)
    return try #require(outbox.records(after: 0).last).sequence
  }

  private func left() throws -> Int64 { try FileDrain(path).count() }

  private func setAside() throws -> [Int64] {
    let query = try Outbox.reader(path).prepare("SELECT sequence FROM set_aside ORDER BY sequence")
    var sequences: [Int64] = []
    while try query.step() { sequences.append(query.integer(0)) }
    return sequences
  }

  @Test func `sends all in batches, under the epoch of the outbox`() throws {
    try fill(1000)
    let server = ScriptedUplink()
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 1000 && upload.setAside == 0)
    #expect(server.requests.map { $0.count } == [256, 256, 256, 232])
    #expect(server.taken == Array(1...1000))
    #expect(server.epochs == [try FileDrain(path).epoch])
    #expect(try left() == 0)
  }

  @Test(arguments: [1, 2, 127, 128, 129, 255, 256, 257, 300])
  func `one poisonous record is set aside alone`(poison: Int64) throws {
    try fill(300)
    let server = ScriptedUplink { records in
      records.contains { $0.sequence == poison } ? .status(422) : nil
    }
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 299 && upload.setAside == 1)
    #expect(server.taken.sorted() == (1...300).filter { $0 != poison })
    #expect(try setAside() == [poison])
    #expect(try left() == 0)
    let reason = try Outbox.reader(path).text("SELECT reason FROM set_aside")
    #expect(reason == "server /events: the server answers 422 (no)")
    #expect(server.requests.count <= 2 + 2 * 9, "halving, not one by one")
  }

  @Test func `a request that is too large is cut, and grows again`() throws {
    try fill(2000)
    let server = ScriptedUplink { $0.count > 100 ? .status(413) : nil }
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 2000 && upload.setAside == 0)
    #expect(server.taken == Array(1...2000))
    let refused = server.requests.filter { $0.count > 100 }.count
    #expect(refused >= 3 && refused <= 8, "\(refused)")
  }

  @Test(arguments: [401, 403, 404, 405, 407, 415, 429, 500, 503, 302, 410])
  func `an answer to everything ends it and costs nothing`(status: Int) throws {
    try fill(600)
    let server = ScriptedUplink()
    server.answer = { _ in server.requests.count > 1 ? .status(status) : nil }
    let upload = try upload(server)
    let error = #expect(throws: SyncError.self) { try upload.run() }
    guard case .status(let failure)? = error else {
      Issue.record("\(status)")
      return
    }
    #expect(failure.status == status)
    #expect(upload.sent == 256)
    #expect(try left() == 600 - 256)
    #expect(try setAside().isEmpty)
    #expect(server.requests.count <= 5)
  }

  @Test(arguments: [400, 401, 404, 410, 500])
  func `a server that refuses everything empties no store, however often it is asked`(
    status: Int
  ) throws {
    try fill(600)
    let server = ScriptedUplink { _ in .status(status) }
    var memory = UploadMemory()
    for round in 1...200 {
      let upload = try upload(server, memory, hours: Double(round) / 10)
      #expect(throws: SyncError.self) { try upload.run() }
      memory = upload.memory
      #expect(server.requests.count <= 10)
      server.forget()
    }
    #expect(try left() == 600)
    #expect(try setAside().isEmpty)
    // It is mended.
    server.answer = { _ in nil }
    let last = try upload(server, memory, hours: 21)
    try last.run()
    #expect(last.sent == 600 && last.memory.refused.entries.isEmpty)
    #expect(server.requests.count <= 8)
  }

  @Test(arguments: [1, 2])
  func `those that wait alone and are refused are set aside after a day`(count: Int) throws {
    try fill(count)
    let server = ScriptedUplink { _ in .status(400) }
    var memory = UploadMemory()
    for hour in 0..<24 {
      let upload = try upload(server, memory, hours: Double(hour))
      #expect(throws: SyncError.self) { try upload.run() }
      memory = upload.memory
    }
    #expect(try left() == count && setAside().isEmpty)
    let last = try upload(server, memory, hours: 24)
    try last.run()
    #expect(last.sent == 0 && last.setAside == count)
    #expect(try setAside().count == count && left() == 0)
  }

  @Test(arguments: [1, 2, 3, 8, 40, 256])
  func `what stands behind refused records goes`(count: Int) throws {
    try fill(count + 30)
    let server = ScriptedUplink {
      $0.contains { $0.sequence <= count } ? .status(400) : nil
    }
    var (memory, rounds, taken) = (UploadMemory(), 0, 0)
    while taken < 30, rounds < 100 {
      let upload = try upload(server, memory, hours: Double(rounds) / 4)
      try? upload.run()
      (memory, rounds, taken) = (upload.memory, rounds + 1, server.taken.count)
    }
    #expect(server.taken.sorted() == (count + 1...count + 30).map { Int64($0) })
    #expect(rounds <= 1 + count / 8, "\(rounds)")
    #expect(try left() == 0 && setAside().count == count)
  }

  @Test func `even more than there is room for go in the end`() throws {
    try fill(300)
    let server = ScriptedUplink { $0.contains { $0.sequence < 300 } ? .status(400) : nil }
    var (memory, rounds) = (UploadMemory(), 0)
    while server.taken.isEmpty, rounds < 400 {
      let upload = try upload(server, memory, hours: Double(rounds) / 4)
      try? upload.run()
      (memory, rounds) = (upload.memory, rounds + 1)
    }
    #expect(server.taken == [300] && rounds < 200, "\(rounds)")
  }

  @Test func `one that is refused before any is taken waits for that`() throws {
    try fill(5)
    let server = ScriptedUplink { $0.contains { $0.sequence == 1 } ? .status(400) : nil }
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 4 && upload.setAside == 1)
    #expect(try setAside() == [1])
  }

  /// A record of which every server that reads it crashes, or to whose path alone the board has no
  /// right.
  @Test(
    arguments: [
      .status(500), .status(502), .status(503), .status(403), .status(404), .status(410),
      .status(302), .cut, .busy, .silence, .answer,
    ] as [ScriptedUplink.Refusal], [1, 2, 150, 299, 300])
  func `a record that fails alone holds up no other`(
    refusal: ScriptedUplink.Refusal, poison: Int64
  ) throws {
    try fill(300)
    let server = ScriptedUplink { $0.contains { $0.sequence == poison } ? refusal : nil }
    var (memory, rounds) = (UploadMemory(), 0)
    while server.taken.count < 299, rounds < 300 {
      let upload = try upload(server, memory, hours: Double(rounds) / 1000)
      try? upload.run()
      (memory, rounds) = (upload.memory, rounds + 1)
      #expect(try left() >= 1 && setAside().isEmpty)
    }
    let others = (1...300).filter { $0 != poison }.map { Int64($0) }
    #expect(Set(server.taken) == Set(others))
    // A server that wants to be left alone after each sees one more record in each round.
    let roundsMax = refusal == .silence ? 12 : refusal == .busy ? 160 : 2
    #expect(rounds <= roundsMax, "\(rounds)")
    // It is tried again, and set aside after an hour at the earliest; what is new goes meanwhile.
    var hour = 0.3
    while try left() == 1 {
      #expect(hour <= 1.5)
      let new = hour < 0.9 ? try newRecord() : nil
      server.forget()
      let upload = try upload(server, memory, hours: hour)
      try? upload.run()
      memory = upload.memory
      let requests = server.requests.map { $0.map { $0.sequence } }
      #expect(requests.count <= 2 && (new == nil || requests.first == [new!]))
      hour += 0.3
    }
    #expect(hour > 1 && hour <= 1.8)
    #expect(try setAside() == [poison] && left() == 0)
  }

  @Test func `a record that is taken at last is forgotten`() throws {
    try fill(20)
    let server = ScriptedUplink { $0.contains { $0.sequence == 7 } ? .status(500) : nil }
    let first = try upload(server, UploadMemory())
    try first.run()
    #expect(first.lastRefusal != nil && first.memory.refused.count == 1)
    server.answer = { _ in nil }
    let soon = try upload(server, first.memory, hours: 0.1)
    try soon.run()
    #expect(soon.sent == 0, "its time has not come")
    let later = try upload(server, first.memory, hours: 0.26)
    try later.run()
    #expect(later.sent == 1 && later.memory.refused.entries.isEmpty)
    #expect(try left() == 0)
  }

  @Test func `many that crash a server leave room for the next`() throws {
    let most = SyncLimits.refusedMax
    try fill(2 * most)
    let server = ScriptedUplink { $0.contains { $0.sequence % 2 == 0 } ? .status(500) : nil }
    var (memory, rounds) = (UploadMemory(), 0)
    while server.taken.count < most, rounds < 20 {
      let upload = try upload(server, memory, hours: Double(rounds) / 1000)
      try? upload.run()
      (memory, rounds) = (upload.memory, rounds + 1)
    }
    #expect(server.taken.count == most && memory.refused.entries.count == most)
    #expect(try setAside().isEmpty)
    for _ in 0..<3 { _ = try newRecord() }
    let last = try upload(server, memory, hours: 0.1)
    try last.run()
    #expect(try setAside().count == 1, "the one for which there is no room")
  }

  @Test func `a connection that ends amid large requests halves them, and the size is kept`()
    throws
  {
    try fill(64)
    let server = ScriptedUplink { $0.count > 12 ? .cut : nil }
    let first = try upload(server)
    try first.run()
    #expect(first.sent == 64 && first.setAside == 0 && server.taken == Array(1...64))
    #expect(server.requests.count <= 16, "\(server.requests.map { $0.count })")
    try fill(20)
    server.forget()
    try upload(server, first.memory).run()
    #expect(server.requests.map { $0.count } == [7, 7, 6])
  }

  @Test func `one connection that ends is no reason for smaller requests`() throws {
    try fill(64)
    let server = ScriptedUplink()
    server.answer = { _ in server.requests.count == 1 ? .cut : nil }
    let upload = try upload(server)
    try upload.run()
    #expect(server.requests.map { $0.count } == [64, 1, 63])
    #expect(upload.memory.batch == BatchSize())
  }

  @Test func `silence costs a round two requests`() throws {
    try fill(600)
    let server = ScriptedUplink { _ in .silence }
    var memory = UploadMemory()
    for round in 0..<20 {
      let upload = try upload(server, memory, hours: Double(round))
      #expect(throws: SyncError.self) { try upload.run() }
      memory = upload.memory
      #expect(server.requests.count <= 2)
      server.forget()
    }
    #expect(try left() == 600)
  }

  @Test(arguments: [ScriptedUplink.Refusal.page, .noLink])
  func `without a link nothing is tried twice`(refusal: ScriptedUplink.Refusal) throws {
    try fill(600)
    let server = ScriptedUplink { _ in refusal }
    let upload = try upload(server)
    #expect(throws: SyncError.self) { try upload.run() }
    #expect(server.requests.count == 1 && upload.memory.isEmpty)
  }

  @Test func `alerts alone go, where only those are asked for`() throws {
    try fill(300)
    let outbox = try Outbox(path, bytesMax: 8 << 20, boot: "boot-1")
    for _ in 0..<3 {
      try outbox.append(
        [NewRecord(kind: .alert, at: 1, time: 7, source: "tank", body: "{}")], durably: false)
    }
    let server = ScriptedUplink()
    let drain = try FileDrain(of: outbox)
    let upload = Upload(drain, through: server, kindMin: RecordKind.alert.rawValue)
    try upload.run()
    #expect(server.taken == [301, 302, 303])
    #expect(try drain.count() == 300)
  }

  @Test func `a lost answer sends the same again`() throws {
    try fill(100)
    let server = ScriptedUplink()
    server.answer = { _ in server.requests.count == 1 ? .lostAnswer : nil }
    try self.upload(server).run()
    #expect(server.requests.map { $0.count } == [100, 1, 99])
    #expect(server.requests[0] == server.requests[1] + server.requests[2])
    #expect(try left() == 0)
  }

  @Test func `it stops between two requests when it is asked to`() throws {
    try fill(1000)
    let server = ScriptedUplink()
    let upload = try upload(server)
    try upload.run(until: { server.requests.count == 2 })
    #expect(upload.sent == 512)
    #expect(try left() == 488)
  }

  @Test func `a store that cannot be written is its own fault`() throws {
    try fill(10)
    let upload = try upload(ScriptedUplink())
    try Database(path, .existing).execute("DROP TABLE record")
    let error = #expect(throws: SyncError.self) { try upload.run() }
    guard case .store(path, _)? = error else {
      Issue.record("another error")
      return
    }
  }
}

/// A server that takes everything but what its script refuses.
final class ScriptedUplink: Uplink {
  enum Refusal: Equatable, Sendable {
    case status(Int)
    /// 503 with Retry-After.
    case busy
    /// It took the records, and its answer did not arrive.
    case lostAnswer
    case cut
    case silence
    /// A success that is no receipt.
    case answer
    case page
    case noLink
  }

  let recordsMax = 256
  var answer: ([StoredRecord]) -> Refusal?
  private(set) var requests: [[StoredRecord]] = []
  private(set) var taken: [Int64] = []
  private(set) var epochs: Set<String> = []

  init(_ answer: @escaping ([StoredRecord]) -> Refusal? = { _ in nil }) { self.answer = answer }

  /// Counts requests anew.
  func forget() { requests = [] }

  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {}

  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    requests.append(records)
    epochs.insert(epoch)
    let refusal = answer(records)
    if refusal == nil || refusal == .lostAnswer { taken += records.map { $0.sequence } }
    if let refusal { throw Self.error(refusal) }
  }

  private static func error(_ refusal: Refusal) -> SyncError {
    func http(_ fault: HTTPFault) -> SyncError {
      .http(HTTPFailure(place: "server", fault: fault))
    }
    func status(_ status: Int, _ retryAfter: Int64? = nil) -> SyncError {
      .status(
        StatusFailure(
          place: "server /events", status: status, retryAfter: retryAfter, detail: "no"))
    }
    return switch refusal {
    case .status(let number): status(number)
    case .busy: status(503, 30)
    case .lostAnswer, .cut: http(.cut(.head))
    case .silence: http(.timeout(.head, milliseconds: 30_000))
    case .noLink: http(.connect(code: 111))
    case .answer: .answer(place: "server", missing: "a receipt")
    case .page: .page(place: "server")
    }
  }
}
