import CPlatform
import Config
import Core
import SensorIO
import System
import Text

/// The outcome of one recording.
struct ReplayResult {
  let recording: String
  /// The rows, each sent as a frame, and the frames that became samples.
  let rows: Int
  let samples: Int
  let rateHertz: Double
  /// `sample` is 1 for the recording's first row.
  let alerts: [AgentEvent.Alert]

  var text: String {
    var text =
      "\(recording): \(Decimal.count(rows, "frame")), \(Decimal.grouped(rows - samples)) lost"
    if alerts.isEmpty { return text + ", no alert\n" }
    for alert in alerts {
      let second = Decimal.text(Double(alert.sample) / rateHertz, decimals: 2)
      text +=
        "\n  \(second) s  alert \(alert.name) \(alert.state)"
      guard let value = alert.value else { continue }
      text += ", \(alert.valueName) \(Decimal.text(value, decimals: 3))"
    }
    return text + "\n"
  }

  var json: String {
    JSONWriter.text { writer in
      writer.member("recording", recording)
      writer.member("rows", rows)
      writer.member("samples", samples)
      writer.member("lost", rows - samples)
      writer.array("alerts") { writer in
        for alert in alerts { writer.object { put(alert, into: &$0) } }
      }
    } + "\n"
  }

  private func put(_ alert: AgentEvent.Alert, into writer: inout JSONWriter) {
    writer.member("alert", alert.name)
    writer.member("state", alert.state)
    writer.member("sample", alert.sample)
    writer.member("second", Double(alert.sample) / rateHertz, decimals: 3)
    if alert.isScore {
      writer.member("score", alert.value, decimals: 6)
    } else {
      // In any unit: a fixed count of decimals could leave nothing of it.
      writer.member("value", alert.value ?? .nan)
    }
  }
}

extension AgentEvent.Alert {
  fileprivate var valueName: String { isScore ? "score" : "value" }
}

/// Plays recordings to one agent through a pseudo-terminal.
struct Replay {
  private let options: ReplayOptions
  private let sensor: SensorSettings
  private let line: PseudoTerminal
  private let agent: ChildAgent
  private let encoder: SampleEncoder
  private var sampleCount = 0
  private var alerts: [AgentEvent.Alert] = []

  init(_ options: ReplayOptions) throws(Failure) {
    self.options = options
    let configuration = try RunCommand.configuration(options.configurationPath)
    guard let sensor = Self.sensor(configuration, options.sensor) else {
      throw .failed("no sensor named \"\(options.sensor ?? "")\" in the configuration")
    }
    self.sensor = sensor
    do throws(SystemError) {
      line = try PseudoTerminal.open()
    } catch {
      throw .failed("no pseudo-terminal: \(error.message)")
    }
    do throws(DecodingSetupError) {
      encoder = try SampleEncoder(
        sensor.decoding, fields: sensor.fields, framing: sensor.framing)
    } catch {
      throw .failed("\(sensor.fieldsPlace.text): \(error.message)")
    }
    let slavePath = line.slavePath
    agent = try ChildAgent { folder in
      ReplayConfiguration.make(sensor, of: configuration, at: slavePath, in: folder.path)
    }
  }

  /// - Returns: one result for each recording, in order.
  mutating func play(_ recordings: [String]) throws(Failure) -> [ReplayResult] {
    var results: [ReplayResult] = []
    var firstSample = 0
    for recording in recordings {
      let rows = try send(recording)
      try settle(until: firstSample + rows)
      let ownAlerts = alerts.map { alert in
        AgentEvent.Alert(
          name: alert.name, state: alert.state, severity: alert.severity,
          isScore: alert.isScore, value: alert.value, sample: alert.sample - firstSample)
      }
      results.append(
        ReplayResult(
          recording: recording, rows: rows, samples: sampleCount - firstSample,
          rateHertz: sensor.rateHertz, alerts: ownAlerts))
      alerts = []
      firstSample = sampleCount
    }
    guard agent.stop() else { throw .failed("the agent did not stop well") }
    return results
  }

  private mutating func send(_ path: String) throws(Failure) -> Int {
    let recording = try RecordingRows(path, fields: sensor.fields)
    let sender = FrameSender(descriptor: line.controller)
    var rows = 0
    // The agent takes a line that was quiet at first as one that begins with a whole frame.
    var due = Clock.boot() + 2 * PipelineLimits.quietNanoseconds
    while Clock.boot() < due { try collect(until: due) }
    while try recording.next() {
      rows += 1
      var frame: [UInt8] = []
      do throws(SampleEncodingError) {
        try encoder.encode(recording.row, to: &frame)
      } catch {
        throw .failed("\(path): row \(rows): \(error.message(sensor.fields))")
      }
      try sender.send(frame) { () throws(Failure) in
        try collect(until: Clock.boot() + 1_000_000)
      }
      due += pauseNanoseconds(frameBytes: frame.count)
      repeat { try collect(until: due) } while Clock.boot() < due
    }
    return rows
  }

  private func pauseNanoseconds(frameBytes: Int) -> Int64 {
    switch options.pace {
    case .max: return 0
    case .real: return sensor.periodNanoseconds
    case .line:
      guard case .serial(_, let line) = sensor.port else { return 0 }
      // A byte is ten bits: a start bit, eight data bits and a stop bit.
      return Int64(frameBytes) * 10 * 1_000_000_000 / Int64(line.baud)
    }
  }

  /// Takes the agent's events until `due`.
  private mutating func collect(until due: Int64) throws(Failure) {
    let now = Clock.boot()
    guard agent.events.wait(nanoseconds: max(0, due - now)) else { return }
    var events: [AgentEvent] = []
    try agent.events.events { events.append($0) }
    for event in events {
      switch event {
      case .sample(let number): sampleCount = number
      case .alert(let alert): alerts.append(alert)
      case .dropped(let lines):
        throw .failed("too slow for the agent: missed \(Decimal.count(lines, "event"))")
      default: break
      }
    }
  }

  /// Waits for the last samples. After a second without a sample, the missing ones are lost.
  private mutating func settle(until expected: Int) throws(Failure) {
    var patience = Clock.boot() + 1_000_000_000
    while sampleCount < expected && Clock.boot() < patience {
      let before = sampleCount
      try collect(until: Clock.boot() + 50_000_000)
      if sampleCount > before { patience = Clock.boot() + 1_000_000_000 }
    }
    // The agent writes an alert before its sample, so no alert is still to come.
  }

  /// The sensor of that name. Without a name, it is the first sensor with a serial line of its own,
  /// or else the first one.
  private static func sensor(_ configuration: Configuration, _ name: String?) -> SensorSettings? {
    if let name { return configuration.sensors.first { $0.name == name } }
    let serial = configuration.sensors.first {
      if case .serial = $0.port { $0.join == nil } else { false }
    }
    return serial ?? configuration.sensors.first
  }
}
