import Core
import Text

/// Whether a set of pipelines can meet its deadlines on this board, by the times that `check` has
/// measured.
///
/// One thread scores everything, and sensors take turns. So a window may wait for one inference of
/// each pipeline of every other sensor, then for those before it on its own sensor. And all
/// inferences together must fit into the time.
struct DeadlineTable {
  struct Row: Equatable {
    let pipeline: String
    let sensor: String
    /// The time that one inference in a hundred exceeds, in microseconds, as all times here.
    let inference: Double
    let deadline: Double
    /// Between two windows.
    let period: Double
    /// Where a person changes the deadline: `edgeagent.toml:14:12`.
    let place: String
  }

  let rows: [Row]

  /// What a window may wait before its own inference.
  func wait(_ row: Int) -> Double {
    var wait = 0.0
    for (index, other) in rows.enumerated()
    where other.sensor != rows[row].sensor || index < row { wait += other.inference }
    return wait
  }

  func worst(_ row: Int) -> Double { wait(row) + rows[row].inference }

  /// The part of the thread's time that a pipeline takes: 0.5 is half of it.
  func load(_ row: Int) -> Double { rows[row].inference / rows[row].period }

  var totalLoad: Double { rows.indices.reduce(0) { $0 + load($1) } }

  /// A pipeline that is too slow all by itself has been refused before.
  var problems: [String] {
    var problems: [String] = []
    for (index, row) in rows.enumerated()
    where worst(index) > row.deadline && row.inference <= row.deadline {
      problems.append(
        "\(row.place): pipeline \(row.pipeline) may take \(Self.text(worst(index))) µs here with what "
          + "it waits for other pipelines, its deadline is \(Self.text(row.deadline)) µs; smaller "
          + "models or a longer deadline")
    }
    if totalLoad > 1 {
      problems.append(
        "the pipelines take \(Self.percent(totalLoad)) of the thread that scores them; smaller models, "
          + "or a longer stride")
    }
    return problems
  }

  /// Empty without a pipeline.
  var text: String {
    guard !rows.isEmpty else { return "" }
    var text =
      "\nworst case: one inference of each other pipeline, then its own\n"
      + "                                  wait  inference      worst   deadline      load\n"
    for (index, row) in rows.enumerated() {
      text += "  " + Decimal.left(row.pipeline, width: 25)
      for value in [wait(index), row.inference, worst(index), row.deadline] {
        text += Decimal.right(Self.text(value) + " µs", width: 11)
      }
      text += Decimal.right(Self.percent(load(index)), width: 10) + "\n"
    }
    return text + "  " + Decimal.left("all pipelines", width: 69)
      + Decimal.right(Self.percent(totalLoad), width: 10) + "\n"
  }

  func write(to writer: inout JSONWriter) {
    writer.array("deadlines") { writer in
      for (index, row) in rows.enumerated() {
        writer.object { writer in
          writer.member("pipeline", row.pipeline)
          writer.member("wait_us", wait(index), decimals: 1)
          writer.member("worst_us", worst(index), decimals: 1)
          writer.member("deadline_us", row.deadline, decimals: 1)
          writer.member("load", load(index), decimals: 6)
        }
      }
    }
    writer.member("load", totalLoad, decimals: 6)
  }

  private static func text(_ microseconds: Double) -> String {
    Decimal.text(microseconds, decimals: 0)
  }

  private static func percent(_ share: Double) -> String {
    Decimal.text(100 * share, decimals: 1) + " %"
  }
}
