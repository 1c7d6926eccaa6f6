import CPlatform
import System
import Testing
import TestSupport

@testable import Config
@testable import Core
@testable import Store

/// Goal: another process gets records and says what became of them, as if it had the file. No peer
/// can make the door hang, and none gets in whom nobody named.
/// Method: the outbox thread and the door on real files and sockets, and the drain of the client.
@Suite struct DoorThreadTests {
  private final class Core {
    let folder = TestFolder()
    let queue = OutboxQueue()
    let store: OutboxThread
    let door: DoorThread
    var path: String { "\(folder.path)/outbox.db" }
    var socket: String { OutboxDoor.path(beside: path) }

    init(accounts: @escaping @Sendable () -> Accounts = { Accounts.read() }) throws {
      let configuration = Make.configuration(
        folder, sensors: [Make.sensor(.standardInput)], alerts: [Make.alert()])
      let doorQueue = DoorQueue(queue.wakeup)
      store = OutboxThread(
        StoreSettings(path: "\(folder.path)/outbox.db", place: Make.place), configuration,
        pipelines: [], history: ModelHistory([]), queue: queue, door: doorQueue)
      door = try DoorThread(
        OutboxDoor.path(beside: "\(folder.path)/outbox.db"), queue: doorQueue, accounts: accounts)
      let (store, door) = (store, door)
      #expect(Thread.start("store") { store.run() } && Thread.start("door") { door.run() })
      #expect(eventually { (try? Outbox.reader(self.path)) != nil })
    }

    func raise(_ sample: Int64 = 1) {
      queue.put(
        AlertEvent(
          alert: 0, transition: .raised, value: 0.5, sample: sample, arrival: 1, wall: 1,
          latency: 1))
    }

    func stop() {
      door.close()
      #expect(store.finish())
    }
  }

  @Test func `records leave through the door`() throws {
    let core = try Core()
    defer { core.stop() }
    for sample in 1...3 as ClosedRange<Int64> { core.raise(sample) }
    let drain = try OutboxDoor.drain(core.path)
    #expect(drain is DoorDrain)
    #expect(eventually { (try? drain.count()) == 4 })
    #expect(try drain.hasAlert() && drain.hasRecords())
    let records = try drain.next(max: 10, passingOver: [])
    #expect(records.map { $0.kind } == [4, 4, 4, 3], "the start of the agent is an audit record")
    let stored = try Outbox.records(in: Outbox.reader(core.path), after: 0)
    #expect(records.sorted { $0.sequence < $1.sequence } == stored)
    #expect(
      drain.epoch
        == (try Outbox.reader(core.path).text("SELECT value FROM meta WHERE name='epoch'")))
    try drain.setAside(records[0], reason: "no")
    try drain.acknowledge(records[1...1])
    let rest = try drain.next(max: 10, passingOver: [])
    #expect(rest.map { $0.sequence } == records[2...].map { $0.sequence })
    #expect(try drain.retrySetAside() == 1 && drain.retrySetAside() == 0)
    #expect(try drain.next(max: 1, passingOver: []) == [records[0]])
    #expect(try drain.delete(through: .max) == 3 && drain.delete(through: .max) == 0)
    #expect(try !drain.hasRecords() && !drain.hasAlert())
    #expect(try drain.recording(after: 0) == nil && drain.recordingBytes(after: 0) == nil)
  }

  @Test func `the bell rings for an alert, and for nothing else`() throws {
    let core = try Core()
    defer { core.stop() }
    let bell = try #require(DoorBell(of: core.path))
    core.queue.putSensor(0, .stale, sample: 1, at: 1)
    #expect(!Wait.isReady(bell.descriptor, milliseconds: 200))
    core.raise()
    #expect(Wait.isReady(bell.descriptor, milliseconds: 10_000))
    #expect(bell.hasRung() == true && bell.hasRung() == false)
  }

  @Test func `a file that the core does not have is opened itself`() throws {
    let core = try Core()
    defer { core.stop() }
    let other = "\(core.folder.path)/other.db"
    try Outbox(other, bytesMax: 1 << 20, boot: "b").append(
      [NewRecord(kind: .result, at: 1, source: "a", body: "{}")], durably: true)
    let drain = try OutboxDoor.drain(other)
    #expect(drain is FileDrain)
    #expect(try drain.count() == 1)
    // The file that the core has is nobody else's, with and without a door.
    #expect(throws: OutboxError.held) { try FileDrain(core.path) }
  }

  @Test func `a record of a new file is not taken for one of the old`() throws {
    let core = try Core()
    defer { core.stop() }
    core.raise()
    let drain = try OutboxDoor.drain(core.path)
    #expect(eventually { (try? drain.hasAlert()) ?? false })
    let records = try drain.next(max: 1, passingOver: [])
    Files.remove(core.path)
    #expect(eventually { (try? drain.next(max: 1, passingOver: [])) == nil }, "within a second")
    #expect(throws: OutboxError.replaced) { try drain.acknowledge(records[...]) }
    #expect(throws: OutboxError.replaced) { try drain.setAside(records[0], reason: "no") }
    let next = try OutboxDoor.drain(core.path)
    #expect(next.epoch != drain.epoch)
    let bodies = try next.next(max: 9, passingOver: []).map { $0.body }
    #expect(
      bodies.contains { $0.contains("\"replaced\"") && $0.contains("\"lost\":2") }, "\(bodies)")
  }

  @Test func `who asks too much waits, and alerts do not`() throws {
    let core = try Core()
    defer { core.stop() }
    let hostile = (0..<DoorLimits.peersMax - 2).compactMap { _ in DoorConnection(core.socket) }
    // Each sends requests without end, and reads nothing.
    let request = DoorMessage.bytes(.survey)
    let flood = [UInt8]((0..<200).flatMap { _ in request })
    for peer in hostile {
      _ = flood.withUnsafeBytes { try? peer.descriptor.write($0) }
    }
    let drain = try OutboxDoor.drain(core.path)
    for sample in 1...20 as ClosedRange<Int64> { core.raise(sample) }
    #expect(eventually { (try? drain.count()) ?? 0 >= 21 })
  }

  @Test func `a message that is none ends its connection`() throws {
    let core = try Core()
    defer { core.stop() }
    for bytes in [[0, 0, 0, 0], [1, 0, 0, 0, 99], [255, 255, 255, 255], [1, 0, 0, 0, 3]]
      as [[UInt8]]
    {
      let peer = try #require(DoorConnection(core.socket))
      _ = bytes.withUnsafeBytes { try? peer.descriptor.write($0) }
      #expect(throws: OutboxError.silent) {
        let end = Clock.boot() + 5_000_000_000
        while Clock.boot() < end { try peer.receive(until: end) }
      }
    }
    #expect(try OutboxDoor.drain(core.path).count() == 1)
  }

  @Test func `a place that is free again is given again`() throws {
    let core = try Core()
    defer { core.stop() }
    for _ in 0..<3 * DoorLimits.peersMax {
      let drain = try OutboxDoor.drain(core.path)
      #expect(drain is DoorDrain)
      #expect(try drain.count() == 1)
    }
  }
}
