import Testing

@testable import Store
@testable import Sync
@testable import Text

/// Goal: what a run has is not sent again, and what it may lack is.
@Suite struct MetricsInDoubtTests {
  private func record(_ sequence: Int64, _ score: String = "0.5") -> StoredRecord {
    StoredRecord(
      sequence: sequence, kind: RecordKind.result.rawValue, at: 1, boot: "b",
      time: sequence * 1_000_000, source: "p",
      body: #"{"pipeline":"p","scores":{"a":1,"b":\#(score)}}"#)
  }

  private func newest(_ step: Int64, _ key: String = "p.b") -> NewestMetric {
    NewestMetric(key: key, step: step, timestamp: step)
  }

  @Test func `the last metric of the request is there: all are`() {
    let records = (1...9).map { record($0) }
    let doubt = MetricsInDoubt(records, epoch: "e")
    #expect(doubt.concerns([record(3)], epoch: "e") && !doubt.concerns([record(3)], epoch: "f"))
    #expect(!doubt.concerns([record(10)], epoch: "e"))
    #expect(doubt.known(by: [newest(9)]) == Set(1...9))
  }

  @Test func `an earlier request ended amid them: those before are there`() {
    let records = (1...9).map { record($0) }
    let doubt = MetricsInDoubt(records, epoch: "e")
    #expect(doubt.known(by: [newest(4), newest(20, "q.a")]) == Set(1...4))
  }

  @Test(arguments: [[], [(7, "p.a")], [(8, "p.b"), (7, "q.b")]] as [[(Int64, String)]])
  func `what the run does not show is not known`(metrics: [(Int64, String)]) {
    let records = (1...7).map { record($0) }
    let doubt = MetricsInDoubt(records, epoch: "e")
    #expect(doubt.known(by: metrics.map { newest($0.0, $0.1) }).isEmpty)
    // The same step at another time is another outbox's.
    let other = NewestMetric(key: "p.b", step: 7, timestamp: 99)
    #expect(doubt.known(by: [other]).isEmpty)
  }

  @Test func `a score that is no number has a metric of its own`() {
    let doubt = MetricsInDoubt([record(1, "null")], epoch: "e")
    #expect(doubt.known(by: [newest(1, "p.b.nan")]) == [1])
  }

  @Test func `it survives a restart, and any other text is nothing`() throws {
    let doubt = MetricsInDoubt((1...120).map { record($0) }, epoch: "e")
    let text = JSONWriter.text { doubt.put(into: &$0) }
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
    #expect(MetricsInDoubt(value) == doubt && doubt.metrics.count == MetricsInDoubt.recordsMax)
    for text in ["null", "{}", "[]", #"{"epoch":7}"#, #"{"epoch":"e","metrics":[1]}"#] {
      let value = try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
      #expect(MetricsInDoubt(value).isEmpty)
    }
    var rest = doubt
    rest.forget([1, 2])
    #expect(rest.metrics.first?.step == 3)
  }
}
