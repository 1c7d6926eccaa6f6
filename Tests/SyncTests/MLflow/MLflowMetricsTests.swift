import Testing

@testable import Store
@testable import Sync
@testable import Text

/// Goal: a record is the same metrics or the same file each time, and MLflow takes all of them.
/// Method: records as the agent writes them; the sizes and names that MLflow 3.17 was seen to
/// refuse.
@Suite struct MLflowMetricsTests {
  private func record(
    _ body: String, _ kind: RecordKind = .result, time: Int64? = 1_800_000_000_123_456_789
  ) -> StoredRecord {
    StoredRecord(
      sequence: 7, kind: kind.rawValue, at: 5, boot: "b", time: time, source: "s", body: body)
  }

  private func requests(_ records: StoredRecord...) -> [String] {
    var metrics = MLflowMetrics()
    for record in records {
      let isResult = metrics.add(record)
      #expect(isResult)
    }
    return requests(of: &metrics)
  }

  private func requests(of metrics: inout MLflowMetrics) -> [String] {
    var requests: [String] = []
    while let request = metrics.nextFull() { requests.append(request) }
    return requests + [metrics.finish()]
  }

  @Test func `a score and a summary`() {
    let score = record(#"{"type":"score","pipeline":"fall","scores":{"fall":0.5,"other":null}}"#)
    let end = #","timestamp":1800000000123,"step":7}"#
    #expect(
      requests(score) == [
        #"{"key":"fall.fall","value":0.5\#(end),{"key":"fall.other.nan","value":1.0\#(end)"#
      ])
    let summary = record(
      #"{"pipeline":"p","windows":3,"scores":{"a":{"min":-1e-7,"max":2,"mean":0.25}}}"#, time: nil)
    let zero = #","timestamp":0,"step":7}"#
    #expect(
      requests(summary) == [
        #"{"key":"p.a.min","value":-1e-07\#(zero),{"key":"p.a.max","value":2.0\#(zero),"#
          + #"{"key":"p.a.mean","value":0.25\#(zero),{"key":"p.windows","value":3.0\#(zero)"#
      ])
  }

  @Test func `what is no result known here becomes a file`() {
    var metrics = MLflowMetrics()
    for (body, kind) in [
      (#"{"pipeline":"p","scores":{"a":1}}"#, RecordKind.alert), ("", .result), ("[]", .result),
      (#"{"pipeline":"p"}"#, .result), (#"{"pipeline":"p","scores":{}}"#, .result),
      (#"{"pipeline":"p","scores":3}"#, .result), (#"{"scores":{"a":1}}"#, .result),
    ] {
      let isResult = metrics.add(record(body, kind))
      #expect(!isResult, "\(body)")
    }
    #expect(requests(of: &metrics) == [""])
  }

  @Test func `requests stay within what MLflow takes`() throws {
    var metrics = MLflowMetrics()
    let labels = (0..<64).map { #""l\#($0)":{"min":0,"max":1,"mean":0.5}"# }
    let body = #"{"pipeline":"p","scores":{\#(labels.joined(separator: ","))},"windows":2}"#
    for _ in 0..<100 {
      let isResult = metrics.add(record(body))
      #expect(isResult)
    }
    var count = 0
    let requests = requests(of: &metrics)
    for request in requests {
      #expect(request.utf8.count <= MLflowMetrics.bytesMax)
      let array = Array("[\(request)]".utf8)
      let elements = try array.withUnsafeBytes { try JSONValue.parse($0) }.array
      #expect((1...1000).contains(elements?.count ?? 0))
      count += elements?.count ?? 0
    }
    #expect(count == 100 * 193 && requests.count >= 20)
  }

  @Test func `names that MLflow takes`() {
    #expect(MetricKey.text("fall.left leg_2-a") == "fall.left leg_2-a")
    #expect(MetricKey.text("a/b:c#é\"\n") == "a_2fb_3ac_23_c3_a9_22_0a")
    let longest = String(repeating: "x", count: 250)
    #expect(MetricKey.text(longest) == longest)
    let (one, other) = (MetricKey.text(longest + "a"), MetricKey.text(longest + "b"))
    #expect(one.utf8.count == 250 && other.utf8.count == 250 && one != other)
  }

  @Test func `a record as a file`() {
    let alert = MLflowDocument(record(#"{"type":"alert"}"#, .alert), epoch: "e0")
    #expect(alert.name == "alerts/e0-7.json")
    #expect(
      alert.text == #"{"sequence":7,"kind":"alert","at":5,"boot":"b","#
        + #""time":"2027-01-15T08:00:00.123Z","source":"s","body":{"type":"alert"}}"# + "\n")
    let audit = MLflowDocument(record("no JSON \"", .audit, time: nil), epoch: "e0")
    #expect(audit.name == "audit/e0-7.json")
    #expect(audit.text.hasSuffix(#""time":null,"source":"s","body":"no JSON \""}"# + "\n"))
    var later = record("{}", .debug)
    #expect(MLflowDocument(later, epoch: "e").name == "debug/e-7.json")
    later.kind = 9
    #expect(MLflowDocument(later, epoch: "e").name == "other/e-7.json")
    #expect(MLflowDocument(later, epoch: "e").text.contains(#""kind":"9""#))
  }
}
