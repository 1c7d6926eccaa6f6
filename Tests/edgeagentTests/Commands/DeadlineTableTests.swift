import Testing

@testable import edgeagent
@testable import Text

/// Goal: a set of pipelines that cannot meet its deadlines is refused, with the figures. Method:
/// times that the test chose; sums worked by hand.
@Suite struct DeadlineTableTests {
  private func row(
    _ pipeline: String, _ sensor: String, inference: Double, deadline: Double = 20_000,
    period: Double = 20_000
  ) -> DeadlineTable.Row {
    DeadlineTable.Row(
      pipeline: pipeline, sensor: sensor, inference: inference, deadline: deadline,
      period: period, place: "a.toml:1:2")
  }

  @Test func `a window waits for every other sensor, and for those before it on its own`() {
    let table = DeadlineTable(rows: [
      row("a", "one", inference: 1000), row("b", "one", inference: 200, period: 2_000),
      row("c", "two", inference: 30),
    ])
    #expect((0..<3).map(table.wait) == [30, 1030, 1200])
    #expect((0..<3).map(table.worst) == [1030, 1230, 1230])
    #expect((0..<3).map(table.load) == [0.05, 0.1, 0.0015])
    #expect(table.problems.isEmpty)
  }

  @Test func `what others make it wait may be too much`() {
    let table = DeadlineTable(rows: [
      row("quick", "one", inference: 10, deadline: 1_000), row("slow", "two", inference: 8_000),
    ])
    #expect(table.problems.count == 1)
    #expect(
      table.problems[0].hasPrefix("a.toml:1:2: pipeline quick may take 8010 µs here"),
      "\(table.problems)")
  }

  @Test func `more work than there is time for is refused`() {
    let table = DeadlineTable(rows: [
      row("a", "one", inference: 8_000, period: 10_000),
      row("b", "two", inference: 8_000, period: 20_000),
    ])
    #expect(table.problems.count == 1 && table.problems[0].contains("120.0 %"))
  }

  @Test func `one that is too slow alone is told elsewhere`() {
    let table = DeadlineTable(rows: [
      row("a", "one", inference: 30_000, deadline: 20_000, period: 100_000)
    ])
    #expect(table.problems.isEmpty)
  }

  @Test func `the table has every figure, in text and in JSON`() throws {
    let table = DeadlineTable(rows: [
      row("a", "one", inference: 1000), row("b", "two", inference: 200),
    ])
    let lines = table.text.split(separator: "\n").map { line in
      line.split(separator: " ").joined(separator: " ")
    }
    #expect(
      lines.suffix(3) == [
        "a 200 µs 1000 µs 1200 µs 20000 µs 5.0 %", "b 1000 µs 200 µs 1200 µs 20000 µs 1.0 %",
        "all pipelines 6.0 %",
      ])
    let text = JSONWriter.text { table.write(to: &$0) }
    let value = try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
    #expect(value["deadlines"]?[1]?["wait_us"]?.double == 1000)
    #expect(value["load"]?.double == 0.06)
    #expect(DeadlineTable(rows: []).text.isEmpty)
  }
}
