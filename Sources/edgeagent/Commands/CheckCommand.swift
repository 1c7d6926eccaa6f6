import Config
import Core
import Models
import SensorIO
import System
import Text

/// `check`: tells all that the agent can know before the first frame. It loads on this board what
/// `run` would load, says what that costs, and changes nothing.
enum CheckCommand {
  /// So many runs of a pipeline are enough for a 99th percentile.
  private static let runs = 500

  static func execute(_ words: [String]) throws(Failure) {
    let (path, asJSON, tests, isOfNetwork) = try parse(words)
    let configuration = try RunCommand.configuration(path)
    if isOfNetwork { return try NetworkCheck.execute(configuration, path, asJSON: asJSON) }
    if let tests {
      return Terminal.write(try AlertTestCommand.execute(tests, configuration, asJSON: asJSON))
    }
    var check: Check
    do throws(StartError) {
      let trust = try BoardTrust(configuration)
      check = Check(try PipelineBuilder(configuration, trust: trust.bundles), trust)
    } catch {
      throw Failure(exitCode: error.exitCode, lines: error.lines)
    }
    check.measure(runs: runs)
    check.openPorts()
    check.lookAtOutputs()
    check.lookAtSync()
    Terminal.write(asJSON ? check.json(path) : check.text(path))
    guard check.problems.isEmpty else {
      throw Failure(exitCode: check.exitCode, lines: check.problems)
    }
  }

  private static func parse(
    _ words: [String]
  ) throws(Failure) -> (String, Bool, tests: String?, isOfNetwork: Bool) {
    do throws(UsageError) {
      let arguments = try Arguments(
        words, flags: ["--json", "--network"], valued: ["--config", "--test"])
      try arguments.noOperand()
      let (tests, isOfNetwork) = (arguments.value("--test"), arguments.has("--network"))
      if tests != nil && isOfNetwork { throw .exclusive("--test", "--network") }
      return (try arguments.required("--config"), arguments.has("--json"), tests, isOfNetwork)
    } catch {
      throw .usage(error, .check)
    }
  }
}

/// What a check found.
private struct Check {
  private let configuration: Configuration
  private let pipelines: [ScoringPipeline]
  private(set) var problems: [String] = []
  /// What a person should decide; the agent runs all the same.
  private var warnings: [String] = []
  private(set) var exitCode: Int32 = 0
  /// Times are in microseconds, and the deadline is in nanoseconds.
  private typealias StageTime = (
    name: String, p50: Double, p99: Double, worst: Double, deadline: Int64
  )
  private var times: [StageTime] = []
  private var deadlines = DeadlineTable(rows: [])
  private var budget: MemoryBudget { MemoryBudget(configuration, pipelines) }

  init(_ builder: PipelineBuilder, _ trust: BoardTrust) {
    configuration = builder.configuration
    pipelines = builder.pipelines
    for refusal in builder.refusals {
      for line in refusal.lines { refuse(line, exitCode: refusal.exitCode) }
    }
    for line in builder.fallbackLines { refuse(line, exitCode: 78) }
    warnings += builder.waitingLines
    if case .undecided? = trust.news { warnings.append(trust.news!.text) }
  }

  /// Scores windows of noise. The 99th percentile of the times must meet the deadline. The worst
  /// time says more about the other programs of this board.
  mutating func measure(runs: Int) {
    var random = SplitMix(state: 1)
    var rows: [DeadlineTable.Row] = []
    for pipeline in pipelines {
      let manifest = pipeline.bundle.manifest
      let sensor = configuration.sensors.first { $0.name == pipeline.settings.sensor }!
      let width = sensor.fields.count
      let values = UnsafeMutableBufferPointer<Float>.allocate(capacity: width)
      defer { values.deallocate() }
      for _ in 0..<manifest.window {
        for field in 0..<width { values.initializeElement(at: field, to: Float(random.gaussian())) }
        _ = pipeline.push(values)
      }
      var histogram = LatencyHistogram(capacity: runs)
      for _ in 0..<runs {
        pipeline.score()
        histogram.record(pipeline.lastRunNanoseconds)
      }
      pipeline.forget()
      let deadline = pipeline.settings.deadlineNanoseconds
      let p99 = histogram.percentile(0.99)
      times.append(
        (pipeline.settings.name, histogram.percentile(0.5), p99, histogram.worst(), deadline))
      rows.append(
        DeadlineTable.Row(
          pipeline: pipeline.settings.name, sensor: sensor.name, inference: p99,
          deadline: Double(deadline) / 1000,
          period: Double(pipeline.settings.stride ?? manifest.stride) * 1e6 / sensor.rateHertz,
          place: pipeline.settings.deadlinePlace.text))
      if p99 * 1000 > Double(deadline) {
        refuse(
          "\(pipeline.settings.deadlinePlace.text): pipeline \(pipeline.settings.name) takes "
            + "\(Decimal.text(p99, decimals: 0)) µs here, its deadline is \(deadline / 1000) µs; "
            + "a smaller model or a longer deadline", exitCode: 78)
      }
    }
    deadlines = DeadlineTable(rows: rows)
    for problem in deadlines.problems { refuse(problem, exitCode: 78) }
    if budget.total > configuration.agent.memoryBytesMax {
      refuse(
        "\(configuration.agent.memoryPlace.text): needs \(budget.total) bytes, memory allows "
          + "\(configuration.agent.memoryBytesMax)", exitCode: 78)
    }
  }

  /// A Unix socket of the agent and standard input need nothing before it runs.
  mutating func openPorts() {
    for wire in configuration.wires {
      let sensor = configuration.sensors[wire.sensors[0]]
      switch sensor.port {
      case .unix, .unixDatagram, .unixPackets, .standardInput: continue
      case .serial, .file, .unixClient, .can, .sound, .iio: break
      }
      do throws(PortError) {
        _ = try openPort(sensor.port)
      } catch {
        refuse("\(sensor.portPlace.text): sensor \(sensor.name): \(error.message)", exitCode: 1)
      }
    }
  }

  mutating func lookAtOutputs() {
    for problem in OutputCheck.problems(configuration) { refuse(problem, exitCode: 1) }
  }

  mutating func lookAtSync() {
    guard let sync = configuration.sync else { return }
    for problem in SyncCheck.problems(configuration, sync) { refuse(problem, exitCode: 1) }
  }

  private mutating func refuse(_ problem: String, exitCode code: Int32) {
    problems.append(problem)
    exitCode = max(exitCode, code)
  }

  func text(_ path: String) -> String {
    let own = configuration.alerts.filter { $0.isDeadMan }.count
    var text =
      "\(path): \(Decimal.count(configuration.sensors.count, "sensor")), "
      + "\(Decimal.count(configuration.pipelines.count, "pipeline")), "
      + Decimal.count(configuration.alerts.count - own, "alert")
      + (own > 0 ? " and \(own) of the agent's own" : "") + "\n\nmemory\n"
    for item in budget.items {
      text +=
        "  " + Decimal.left(item.name, width: 48)
        + Decimal.right(Decimal.grouped(item.bytes), width: 12) + "\n"
    }
    text +=
      "  " + Decimal.left("total", width: 48)
      + Decimal.right(Decimal.grouped(budget.total), width: 12)
      + " of \(Decimal.grouped(configuration.agent.memoryBytesMax)) bytes\n"
    if !times.isEmpty {
      text +=
        "\ntime on this board, window to scores\n"
        + "                                   p50        p99      worst   deadline\n"
    }
    for time in times {
      text += "  " + Decimal.left(time.name, width: 25)
      for value in [time.p50, time.p99, time.worst, Double(time.deadline) / 1000] {
        text += Decimal.right(Decimal.text(value, decimals: 0) + " µs", width: 11)
      }
      text += "\n"
    }
    text += deadlines.text
    let requests = RequestReport.all(configuration)
    if !requests.isEmpty { text += "\nrequests of a cycle\n" }
    for sensor in requests {
      text += "  \(sensor.name), every \(sensor.interval)\n"
      for line in sensor.lines { text += "    \(line)\n" }
    }
    let levels = LevelReport.lines(configuration)
    if !levels.isEmpty { text += "\nlevels set by hand\n" }
    for line in levels { text += "  \(line)\n" }
    if let sync = configuration.sync, let note = SyncCheck.note(sync) { text += "\n\(note)\n" }
    if !warnings.isEmpty { text += "\nto decide\n" }
    for warning in warnings { text += "  \(warning)\n" }
    return text + (problems.isEmpty ? "\nok\n" : "\n")
  }

  func json(_ path: String) -> String {
    JSONWriter.text { writer in
      writer.member("configuration", path)
      writer.member("ok", problems.isEmpty)
      writer.member("memory_bytes", budget.total)
      writer.member("memory_bytes_max", configuration.agent.memoryBytesMax)
      writer.array("memory") { writer in
        for item in budget.items {
          writer.object { writer in
            writer.member("name", item.name)
            writer.member("bytes", item.bytes)
          }
        }
      }
      writer.array("stages") { writer in
        for time in times { writer.object { put(time, into: &$0) } }
      }
      deadlines.write(to: &writer)
      writer.array("requests") { writer in
        for sensor in RequestReport.all(configuration) {
          writer.object { writer in
            writer.member("sensor", sensor.name)
            writer.member("every", sensor.interval)
            writer.member("asks", sensor.lines)
          }
        }
      }
      writer.member("levels_set_by_hand", LevelReport.lines(configuration))
      writer.member("warnings", warnings)
      writer.member("problems", problems)
    } + "\n"
  }

  private func put(_ time: StageTime, into writer: inout JSONWriter) {
    writer.member("pipeline", time.name)
    writer.member("p50_us", time.p50, decimals: 1)
    writer.member("p99_us", time.p99, decimals: 1)
    writer.member("worst_us", time.worst, decimals: 1)
    writer.member("deadline_us", time.deadline / 1000)
  }
}
