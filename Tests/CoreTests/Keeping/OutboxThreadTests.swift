import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import Store
@testable import System
import TestSupport
@testable import Text

/// Goal: what the hot thread puts is stored under its names, alerts at once. An outbox that fails
/// holds nothing up, and what it cost is counted. Method: the thread itself on real files.
@Suite struct OutboxThreadTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }
  private let alert = AlertEvent(
    alert: 0, transition: .raised, value: 0.5, sample: 9, arrival: 1234, wall: 1, latency: 1000)

  private func thread(_ queue: OutboxQueue, _ path: String? = nil) -> OutboxThread {
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
      alerts: [Make.alert()])
    let pipeline = RecordMaker.Pipeline(index: 0, name: "echo")
    let history = ModelHistory([(0, .init(name: "echo/1", labels: ["older", "newer"]))])
    let settings = StoreSettings(path: path ?? self.path, place: Make.place)
    return OutboxThread(
      settings, configuration, pipelines: [pipeline], history: history, queue: queue,
      door: DoorQueue(queue.wakeup))
  }

  private func records() throws -> [StoredRecord] {
    try Outbox.records(in: try Outbox.reader(path), after: 0)
  }

  @Test func `stores an alert at once, and everything at the end`() throws {
    let queue = OutboxQueue()
    let store = thread(queue)
    #expect(Thread.start("store") { store.run() })
    queue.put(alert)
    #expect(eventually { (try? records().contains { $0.kind == 4 }) ?? false })
    var values = StoredResult.Values(repeating: 0)
    (values[0], values[1]) = (0.25, 0.75)
    queue.put(
      StoredResult(
        pipeline: 0, version: 0, windowCount: 0, sample: 3, from: 5, at: 5, values: values))
    queue.put(
      ActAudit(
        action: "ack", alert: "high", user: "ann", userNumber: 1000, process: 7,
        program: "edgeagent", by: "", note: "seen", refusal: "", at: 6, wall: 6))
    queue.putSensor(0, .stale, sample: 3, at: 7)
    #expect(store.finish())
    let stored = try records()
    #expect(Set(stored.map { $0.source }) == ["agent", "echo", "high", "wrist"])
    let bodies = try stored.map { record in
      try Array(record.body.utf8).withUnsafeBytes { try JSONValue.parse($0) }
    }
    #expect(bodies.compactMap { $0["action"] }.count == 4)
    let alert = try #require(bodies.first { $0["type"] == .string("alert") })
    #expect(alert["alert"] == .string("high") && alert["sample"] == .integer(9))
    let result = try #require(bodies.first { $0["type"] == .string("score") })
    #expect(result["scores"]?["newer"] == .number(0.75))
    // A wall time of 1970 counts as no time.
    #expect(stored.first { $0.kind == 4 }?.time == nil)
  }

  @Test func `an outbox that cannot be opened holds nothing up`() throws {
    let queue = OutboxQueue()
    let store = thread(queue, "\(folder.path)/missing/deep/outbox.db")
    #expect(Thread.start("store") { store.run() })
    for _ in 0..<10 { queue.put(alert) }
    #expect(store.finish())
    #expect(queue.takeLosses().isEmpty)
  }

  @Test func `the limits fit each other`() {
    #expect(KeepingLimits.eventsForAlerts < KeepingLimits.eventsMax)
    #expect(KeepingLimits.batchMax <= KeepingLimits.waitingMax)
    #expect(StoredResult.labelsMax == ConfigurationLimits.labelsMax)
  }
}
