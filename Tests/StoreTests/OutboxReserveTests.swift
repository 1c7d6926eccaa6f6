import CPlatform
import Testing

@testable import Store
@testable import System
import TestSupport

/// Goal: what the reserve takes is in the outbox later, once and in order, whenever the process
/// ends; a damaged frame costs what is behind it and no more.
/// Method: real files, opened again after every step as after a crash.
@Suite struct OutboxReserveTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }
  private let bytesMax = 1 << 20

  private func reserve() throws -> OutboxReserve {
    let reserve = OutboxReserve(beside: path, bytesMax: bytesMax)
    try reserve.open()
    return reserve
  }

  private func records(_ numbers: ClosedRange<Int>) -> [NewRecord] {
    numbers.map {
      NewRecord(
        kind: $0 % 2 == 0 ? .alert : .audit, at: Int64($0), time: $0 % 3 == 0 ? nil : Int64($0),
        source: "tank", body: "{\"n\":\($0)}", boot: "boot-1")
    }
  }

  private func all(_ reserve: OutboxReserve, bytesMax: Int = 1 << 20) -> [NewRecord] {
    var all: [NewRecord] = []
    while let batch = reserve.next(bytesMax: bytesMax) {
      all += batch.records
      reserve.taken(batch)
    }
    return all
  }

  @Test func `what is put in comes out, also after a crash`() throws {
    do {
      let reserve = try reserve()
      #expect(reserve.add(records(1...3), boot: "x", roomMax: 0) == 3)
      #expect(reserve.add(records(4...5), boot: "x", roomMax: 0) == 2)
    }
    let reserve = try reserve()
    #expect(reserve.count == 5)
    #expect(all(reserve, bytesMax: 10) == records(1...5))
    #expect(reserve.count == 0 && reserve.next(bytesMax: 1) == nil)
    #expect(try self.reserve().count == 0)
  }

  @Test func `the present boot is noted`() throws {
    let record = NewRecord(kind: .alert, at: 1, source: "a", body: "{}")
    let reserve = try reserve()
    #expect(reserve.add([record], boot: "boot-7", roomMax: 0) == 1)
    #expect(reserve.next(bytesMax: 1)?.records[0].boot == "boot-7")
  }

  /// The process may end between the outbox's commit and the reserve's clearing.
  @Test(arguments: 0...4) func `no record gets two names`(crash: Int) throws {
    _ = try reserve().add(records(1...4), boot: "x", roomMax: 0)
    do {
      let outbox = try Outbox(path, bytesMax: bytesMax, boot: "boot-2")
      let reserve = try reserve()
      for _ in 0..<crash {
        let batch = try #require(reserve.next(bytesMax: 1))
        try outbox.append(batch.records, durably: true, from: batch.mark)
        // All but the last time; the last one is the crash.
        if batch.mark.number < crash { reserve.taken(batch) }
      }
    }
    let outbox = try Outbox(path, bytesMax: bytesMax, boot: "boot-2")
    let reserve = try reserve()
    reserve.skip(through: try outbox.reserveMark())
    while let batch = reserve.next(bytesMax: 1 << 20) {
      try outbox.append(batch.records, durably: true, from: batch.mark)
      reserve.taken(batch)
    }
    let stored = try outbox.records(after: 0)
    #expect(stored.map { $0.at }.sorted() == [1, 2, 3, 4])
    #expect(stored.allSatisfy { $0.boot == "boot-1" })
  }

  @Test func `another filling is not taken for the one before`() throws {
    let outbox = try Outbox(path, bytesMax: bytesMax, boot: "boot-1")
    for round in 0..<3 {
      let reserve = try reserve()
      reserve.skip(through: try outbox.reserveMark())
      // Fewer each time: behind them are frames of the filling before.
      let count = 5 - round
      #expect(reserve.add(records(1...count), boot: "x", roomMax: 0) == count)
      let again = try self.reserve()
      again.skip(through: try outbox.reserveMark())
      #expect(again.count == count)
      let batch = try #require(again.next(bytesMax: 1 << 20))
      try outbox.append(batch.records, durably: true, from: batch.mark)
      again.taken(batch)
    }
    #expect(try outbox.records(after: 0).count == 5 + 4 + 3)
  }

  @Test func `its room is there beforehand, and bounds it`() throws {
    let room = OutboxLimits.reserveBytes(of: bytesMax)
    let reserve = try reserve()
    #expect(Files.bytes(of: reserve.path) == room)
    let many = records(1...2000)
    let count = reserve.add(many, boot: "x", roomMax: 0)
    #expect(count > 1000 && count < 2000)
    #expect(Files.bytes(of: reserve.path) == room)
    #expect(reserve.add(many, boot: "x", roomMax: 0) == 0)
    #expect(reserve.add(many, boot: "x", roomMax: 2 * room) > 1000)
    #expect(Files.bytes(of: reserve.path) <= 2 * room)
    #expect(all(reserve).prefix(count) == many.prefix(count))
    #expect(Files.bytes(of: reserve.path) == room, "what was borrowed goes back")
  }

  /// Each byte of a frame in the middle, changed.
  @Test func `a damaged frame costs what is behind it`() throws {
    _ = try reserve().add(records(1...3), boot: "x", roomMax: 0)
    let path = OutboxReserve(beside: path, bytesMax: bytesMax).path
    let good = try Files.read(path, bytesMax: bytesMax)
    let frame = good[..<200].split(separator: UInt8(ascii: "}"))[0].count + 1
    for place in frame..<2 * frame {
      var bad = good
      bad[place] ^= 0x55
      try Files.write(bad, to: path)
      let reserve = try reserve()
      #expect(reserve.count == 1 && all(reserve) == records(1...1), "byte \(place)")
    }
  }

  @Test func `what is no plain file is not used`() throws {
    let path = OutboxReserve(beside: path, bytesMax: bytesMax).path
    #expect(mkfifo(path, 0o600) == 0)
    #expect(throws: OutboxError.self) { try reserve() }
    let unusable = OutboxReserve(beside: self.path, bytesMax: bytesMax)
    #expect(unusable.add(records(1...1), boot: "x", roomMax: 0) == 0)
  }
}
