import Testing

@testable import Store
@testable import Sync
import TestSupport

/// Goal: every record is sent and gone, or still there; the one that a server refuses is set aside,
/// alone, and only by a server that takes others.
/// Method: a server of a few lines that says what each test wants, on real stores.
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

  @Test(arguments: [401, 403, 404, 405, 415, 429, 500, 503, 302, 410])
  func `an answer that is about the server ends it and costs nothing`(status: Int) throws {
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
    #expect(server.requests.count == 2)
  }

  @Test func `a server that refuses everything empties no store`() throws {
    try fill(600)
    let server = ScriptedUplink { _ in .status(400) }
    let upload = try upload(server)
    #expect(throws: SyncError.self) { try upload.run() }
    #expect(try left() == 600)
    #expect(try setAside().isEmpty)
    #expect(server.requests.count < 20)
  }

  @Test(arguments: [1, 2])
  func `one or two that wait alone and are refused are set aside`(count: Int) throws {
    try fill(count)
    let server = ScriptedUplink { _ in .status(400) }
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 0 && upload.setAside == count)
    #expect(try setAside().count == count && left() == 0)
  }

  @Test func `one that is refused before any is taken waits for that`() throws {
    try fill(5)
    let server = ScriptedUplink { $0.contains { $0.sequence == 1 } ? .status(400) : nil }
    let upload = try upload(server)
    try upload.run()
    #expect(upload.sent == 4 && upload.setAside == 1)
    #expect(try setAside() == [1])
  }

  @Test func `a lost answer sends the same again`() throws {
    try fill(100)
    let server = ScriptedUplink()
    server.answer = { _ in server.requests.count == 1 ? .lostAnswer : nil }
    #expect(throws: SyncError.self) { try self.upload(server).run() }
    #expect(try left() == 100)
    try self.upload(server).run()
    #expect(server.requests.count == 2 && server.requests[0] == server.requests[1])
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
private final class ScriptedUplink: Uplink {
  enum Refusal {
    case status(Int)
    /// It took the records, and its answer did not arrive.
    case lostAnswer
  }

  let recordsMax = 256
  var answer: ([StoredRecord]) -> Refusal?
  private(set) var requests: [[StoredRecord]] = []
  private(set) var taken: [Int64] = []
  private(set) var epochs: Set<String> = []

  init(_ answer: @escaping ([StoredRecord]) -> Refusal? = { _ in nil }) { self.answer = answer }

  func send(_ recording: StoredRecording, epoch: String) throws(SyncError) {}

  func send(_ records: [StoredRecord], epoch: String) throws(SyncError) {
    requests.append(records)
    epochs.insert(epoch)
    switch answer(records) {
    case .status(let status):
      throw .status(
        StatusFailure(place: "server /events", status: status, retryAfter: nil, detail: "no"))
    case .lostAnswer:
      taken += records.map { $0.sequence }
      throw .http(HTTPFailure(place: "server", fault: .cut(.head)))
    case nil: taken += records.map { $0.sequence }
    }
  }
}
