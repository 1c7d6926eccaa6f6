import Config
import Core
import SensorIO
import System
import Text

/// `check --test FILE`: what comes in, and the transitions that have to follow, in virtual time.
enum AlertTestCommand {
  static func execute(
    _ path: String, _ configuration: Configuration, asJSON: Bool
  ) throws(Failure) -> String {
    let results = try results(path, configuration)
    let text = asJSON ? json(results) : self.text(results)
    let failed = results.filter { !$0.isPassed }.count
    guard failed == 0 else {
      Terminal.write(text)
      throw Failure(
        exitCode: 1, lines: ["\(path): \(failed) of \(Decimal.count(results.count, "test")) failed"]
      )
    }
    return text
  }

  static func results(
    _ path: String, _ configuration: Configuration
  ) throws(Failure) -> [AlertTestResult] {
    let tests: [AlertTest]
    do throws(ConfigurationError) {
      tests = try AlertTestReader.load(path, for: configuration)
    } catch {
      throw .configuration(error.messages)
    }
    var results: [AlertTestResult] = []
    for test in tests { results.append(try run(test, configuration)) }
    return results
  }

  private static func run(
    _ test: AlertTest, _ configuration: Configuration
  ) throws(Failure) -> AlertTestResult {
    let core: VirtualCore
    do throws(StartError) {
      core = try VirtualCore(configuration)
    } catch {
      throw Failure(exitCode: error.exitCode, lines: error.lines)
    }
    var feeds: [AlertTestFeed] = []
    for input in test.inputs { feeds.append(try AlertTestFeed(input, configuration)) }
    var orders = test.orders.sorted { $0.time < $1.time }[...]
    var refusals: [String] = []
    while true {
      let next = feeds.indices.min { feeds[$0].nextTime < feeds[$1].nextTime }
      let sample = next.map { feeds[$0].nextTime } ?? .max
      let order = orders.first?.time ?? .max
      let time = min(sample, order)
      guard time <= test.until || next.map({ feeds[$0].isRecording }) == true, time < .max else {
        break
      }
      core.advance(to: time)
      if order <= sample {
        let asked = orders.removeFirst()
        if let refusal = core.obey(asked) {
          refusals.append(
            "\(Self.seconds(asked.time)) \(configuration.alerts[asked.alert].name): \(refusal)")
        }
      } else {
        try feeds[next!].give(to: core)
      }
    }
    core.advance(to: test.until)
    return AlertTestResult(test, core.transitions, refusals: refusals)
  }

  static func seconds(_ nanoseconds: Int64) -> String {
    Decimal.text(Double(nanoseconds) / 1e9, decimals: 2) + "s"
  }

  // MARK: results

  private static func text(_ results: [AlertTestResult]) -> String {
    var text = ""
    for result in results {
      text += (result.isPassed ? "ok    " : "FAIL  ") + result.name + "\n"
      for line in result.differences { text += "        \(line)\n" }
    }
    let passed = results.filter { $0.isPassed }.count
    return text + "\(passed) passed, \(results.count - passed) failed\n"
  }

  private static func json(_ results: [AlertTestResult]) -> String {
    JSONWriter.text { writer in
      writer.array("tests") { writer in
        for result in results {
          writer.object { writer in
            writer.member("name", result.name)
            writer.member("passed", result.isPassed)
            writer.member("differences", result.differences)
            writer.array("transitions") { writer in
              for transition in result.transitions { writer.object { put(transition, &$0) } }
            }
          }
        }
      }
    } + "\n"
  }

  private static func put(_ transition: VirtualCore.Transition, _ writer: inout JSONWriter) {
    writer.member("at_ms", transition.time / 1_000_000)
    writer.member("alert", transition.alert)
    writer.member("state", transition.state)
    writer.member("phase", transition.phase)
    writer.member("value", transition.value)
  }
}

/// One input of a test as it comes, sample by sample.
struct AlertTestFeed {
  private enum Rows {
    case table([(time: Int64, values: [Float]?)], next: Int)
    case recording(RecordingRows)
  }

  private let source: AlertTest.Source
  private let period: Int64
  private var rows: Rows
  private let width: Int
  /// `.max` at the end.
  private(set) var nextTime: Int64
  let isRecording: Bool

  init(_ input: AlertTest.Input, _ configuration: Configuration) throws(Failure) {
    (source, period) = (input.source, input.periodNanoseconds)
    switch input.source {
    case .sensor(let index, _): width = configuration.sensors[index].fields.count
    case .score: width = 1
    }
    switch input.feed {
    case .rows(let table):
      (rows, isRecording) = (.table(table, next: 0), false)
      nextTime = table.first?.time ?? .max
    case .recording(let path):
      guard case .sensor(let index, let fields) = input.source else {
        preconditionFailure("a recording of scores")
      }
      let all = configuration.sensors[index].fields
      let reader = try RecordingRows(path, fields: fields.map { all[$0] })
      (rows, isRecording) = (.recording(reader), true)
      nextTime = try reader.next() ? 0 : .max
    }
  }

  /// Gives the sample that is due.
  mutating func give(to core: VirtualCore) throws(Failure) {
    switch rows {
    case .table(let table, var next):
      while next + 1 < table.count, table[next + 1].time <= nextTime { next += 1 }
      rows = .table(table, next: next)
      guard let values = table[next].values else {
        nextTime = next + 1 < table.count ? table[next + 1].time : .max
        return
      }
      give(values, to: core)
      let following = nextTime + period
      // A row begins at its time, not at the end of the period before.
      let row = next + 1 < table.count ? table[next + 1].time : .max
      nextTime = min(following, row)
    case .recording(let reader):
      give(Array(reader.row), to: core)
      nextTime = try reader.next() ? nextTime + period : .max
    }
  }

  private func give(_ values: [Float], to core: VirtualCore) {
    switch source {
    case .sensor(let index, let fields):
      var whole = [Float](repeating: 0, count: width)
      for (column, field) in fields.enumerated() { whole[field] = values[column] }
      whole.withUnsafeBufferPointer { core.sample(sensor: index, $0) }
    case .score(let pipeline, let label):
      core.score(pipeline: pipeline, label: label, values[0])
    }
  }
}

/// What a test gave beside what it had to give.
struct AlertTestResult {
  let name: String
  let transitions: [VirtualCore.Transition]
  private(set) var differences: [String]
  var isPassed: Bool { differences.isEmpty }

  init(_ test: AlertTest, _ all: [VirtualCore.Transition], refusals: [String]) {
    name = test.name
    // The agent's own alerts count where the test speaks of them.
    transitions = all.filter { transition in
      !transition.isDeadMan || test.expected.contains { $0.alert == transition.alert }
    }
    differences = refusals
    for index in 0..<max(transitions.count, test.expected.count) {
      let (expected, got) = (
        test.expected.indices.contains(index) ? test.expected[index] : nil,
        transitions.indices.contains(index) ? transitions[index] : nil
      )
      if let expected, let got, expected.alert == got.alert, expected.state == got.state,
        (expected.time - got.time).magnitude <= test.toleranceNanoseconds.magnitude
      {
        continue
      }
      let wanted = expected.map {
        "\(AlertTestCommand.seconds($0.time)) \($0.alert) \($0.state)"
      }
      differences.append(
        "expected \(wanted ?? "nothing more"), got \(got.map(Self.words) ?? "nothing more")")
    }
  }

  private static func words(_ transition: VirtualCore.Transition) -> String {
    var text =
      "\(AlertTestCommand.seconds(transition.time)) \(transition.alert) \(transition.state)"
    if transition.value.isFinite { text += " at \(transition.value)" }
    if transition.level.isFinite { text += ", level \(transition.level)" }
    return text
  }
}
