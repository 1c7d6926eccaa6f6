import Testing

@testable import Config
@testable import Core
@testable import Store

/// Goal: each policy is read as it is written, and reports what it says and nothing else.
/// Method: rows of scores with their times; the queue's other end read by the test.
@Suite struct ResultReporterTests {
  @Test(arguments: [
    ("all", ReportPolicy.all), ("none", .none), ("every 10s", .every(nanoseconds: 10_000_000_000)),
    ("every 100ms", .every(nanoseconds: 100_000_000)), ("change 0.05", .change(0.05)),
    ("change 1", .change(1)), ("summary 24h", .summary(nanoseconds: 86_400_000_000_000)),
  ])
  func `is read`(text: String, policy: ReportPolicy) { #expect(ReportPolicy(text) == policy) }

  @Test(arguments: [
    "", "All", "all 1s", "every", "every 10", "every 99ms", "every 25h", "change", "change 0",
    "change -1", "change 1.01", "change x", "summary", "summary 0s", "summary  60s", "none 1",
  ])
  func `is refused`(text: String) { #expect(ReportPolicy(text) == nil) }

  private func report(_ policy: ReportPolicy, _ rows: [(at: Int64, score: Float)]) -> [StoredResult]
  {
    let queue = OutboxQueue()
    let reporter = ResultReporter(pipeline: 3, policy: policy, labelCount: 2, queue: queue)
    for (index, row) in rows.enumerated() {
      let scores = [row.score, 1 - row.score]
      scores.withUnsafeBufferPointer { reporter.take($0, sample: Int64(index), at: row.at) }
    }
    reporter.flush()
    var results: [StoredResult] = []
    while let result = queue.takeResult() { results.append(result) }
    #expect(results.allSatisfy { $0.pipeline == 3 })
    return results
  }

  private let rows: [(at: Int64, score: Float)] = [
    (0, 0.5), (400_000_000, 0.25), (999_999_999, 1), (1_000_000_000, 0.5), (2_500_000_000, 0.75),
  ]

  @Test func `all`() { #expect(report(.all, rows).map { $0.values[0] } == rows.map { $0.score }) }

  @Test func `none`() { #expect(report(.none, rows).isEmpty) }

  @Test func `every second`() {
    let results = report(.every(nanoseconds: 1_000_000_000), rows)
    #expect(results.map { $0.sample } == [0, 3, 4])
    #expect(results.allSatisfy { $0.windowCount == 0 })
  }

  @Test func `beyond the dead band of what was reported last`() {
    let scores: [Float] = [0.5, 0.5, 0.75, 0.75, 0.5, .nan, .nan, 0.5]
    let rows = scores.enumerated().map { (at: Int64($0), score: $1) }
    #expect(report(.change(0.125), rows).map { $0.sample } == [0, 2, 4, 5, 7])
    #expect(report(.change(0.25), rows).map { $0.sample } == [0, 5, 7])
  }

  @Test func `a summary a period, the last one too`() {
    let results = report(.summary(nanoseconds: 1_000_000_000), rows)
    #expect(results.map { $0.windowCount } == [3, 1, 1])
    let first = results[0]
    #expect((0..<6).map { first.values[$0] } == [0.25, 0, 1, 0.75, 1.75 / 3, 1.25 / 3])
    #expect((first.from, first.at, first.sample) == (0, 999_999_999, 2))
    #expect(results[1].values[4] == 0.5)
  }

  @Test func `a queue that is full counts`() {
    let queue = OutboxQueue()
    let reporter = ResultReporter(pipeline: 0, policy: .all, labelCount: 1, queue: queue)
    for time in 0..<Int64(KeepingLimits.resultsMax + 5) {
      [Float(0)].withUnsafeBufferPointer { reporter.take($0, sample: time, at: time) }
    }
    let losses = queue.takeLosses().entries
    #expect(losses.count == 1 && losses[0].count == 5 && losses[0].kind == .result)
    #expect(queue.takeLosses().isEmpty)
  }

  @Test func `alerts keep their half of the ring`() {
    let queue = OutboxQueue()
    for time in 0..<Int64(1000) { queue.putSensor(0, .stale, sample: 0, at: time) }
    let alert = AlertEvent(
      alert: 0, transition: .raised, value: 1, sample: 1, arrival: 1, wall: 1, latency: 1)
    for _ in 0..<KeepingLimits.eventsForAlerts { queue.put(alert) }
    let losses = queue.takeLosses().entries
    #expect(losses.map { $0.kind } == [.anomaly])
    #expect(
      losses[0].count == Int64(1000 - KeepingLimits.eventsMax + KeepingLimits.eventsForAlerts))
    queue.put(alert)
    #expect(queue.takeLosses().entries.map { $0.kind } == [.alert])
  }
}
