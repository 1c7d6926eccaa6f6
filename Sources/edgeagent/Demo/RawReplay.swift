import Config
import Core
import SensorIO
import System
import Text

/// Plays raw recordings through the core, in the recordings' own time: the same file gives the same
/// output on every board.
enum RawReplay {
  /// Whether the file begins as a raw recording. A file that cannot be read is none: its reader
  /// says why.
  static func isRaw(_ path: String) -> Bool {
    guard Files.kind(path) == .file else { return false }
    var begins = false
    try? Files.readPieces(of: path, bytesMax: RawRecordingLimits.fileBytesMax) {
      piece throws(Files.Failure) in
      begins = RawRecordingFormat.begins(piece)
      throw .tooLarge(bytesMax: 0)
    }
    return begins
  }

  static func play(_ options: ReplayOptions) throws(Failure) {
    let configuration = try RunCommand.configuration(options.configurationPath)
    var notJudged: [String] = []
    for path in options.recordings {
      let replay = try RawReplayRun(path, configuration, options)
      try replay.play(inRealTime: options.pace == .real) { transition in
        if !options.asJSON { Terminal.write(replay.text(transition)) }
      }
      Terminal.write(options.asJSON ? replay.json : replay.summary)
      for message in [replay.emptyMessage, replay.holeMessage, replay.ending.message] {
        if let message { Terminal.write("warning: \(path): \(message)\n", to: 2) }
      }
      notJudged += replay.notJudged
    }
    guard notJudged.isEmpty else { throw Failure(exitCode: 1, lines: notJudged) }
  }
}

/// One raw recording and the core that it goes through.
private final class RawReplayRun {
  private let path: String
  private let head: RecordingHead
  private let sensor: SensorSettings
  private let configuration: Configuration
  private var alerts: ReplayedAlerts
  private let core: VirtualCore
  private let port: VirtualPort
  private var reader: RawRecordingReader
  private var told = 0

  init(
    _ path: String, _ configuration: Configuration, _ options: ReplayOptions
  ) throws(Failure) {
    self.path = path
    let (reader, head) = try Self.open(path)
    (self.reader, self.head) = (reader, head)
    sensor = try Self.sensor(of: head, path, configuration, options.sensor)
    var alone = ReplayConfiguration.alone(sensor, of: configuration)
    alerts = ReplayedAlerts(of: sensor, in: configuration, judging: alone)
    let judged = alerts.judged
    alone.alerts.removeAll { !judged.contains($0.name) }
    self.configuration = alone
    do throws(StartError) {
      core = try VirtualCore(self.configuration)
    } catch {
      throw Failure(exitCode: error.exitCode, lines: error.lines)
    }
    for line in core.refusals { Terminal.write("warning: \(line)\n", to: 2) }
    for (index, pipeline) in self.configuration.pipelines.enumerated()
    where core.model(pipeline: index) == nil {
      alerts.lose(pipeline: pipeline.name, in: self.configuration)
    }
    port = VirtualPort(core, sensor: 0, sensor)
    core.begin(sensor: 0, samplesBefore: head.samplesBefore, isMidway: head.samplesBefore > 0)
    for recorded in head.pipelines {
      guard let index = self.configuration.pipelineIndex(named: recorded.name) else { continue }
      core.align(pipeline: index, window: recorded.sample)
    }
  }

  private static func open(
    _ path: String
  ) throws(Failure) -> (RawRecordingReader, RecordingHead) {
    let bytes: [UInt8]
    do throws(Files.Failure) {
      bytes = try Files.read(path, bytesMax: RawRecordingLimits.fileBytesMax)
    } catch {
      throw .failed("\(path): \(error.text)")
    }
    let reader: RawRecordingReader
    do throws(RawRecordingError) {
      reader = try RawRecordingReader(bytes)
    } catch {
      throw .failed("\(path): \(error.message)")
    }
    do throws(ConfigurationError) {
      return (reader, try RecordingHead(reader.head, file: path))
    } catch {
      throw Failure(exitCode: 1, lines: error.messages)
    }
  }

  /// The sensor as the recording says it, so that old recordings can be read when the configuration
  /// has changed. `--sensor` says otherwise, and of a bare port there is no sensor in it.
  private static func sensor(
    of head: RecordingHead, _ path: String, _ configuration: Configuration, _ name: String?
  ) throws(Failure) -> SensorSettings {
    if name == nil, let sensor = head.sensor { return sensor }
    if name == nil, configuration.sensors.count > 1 {
      throw .failed("\(path): it does not say which sensor it is of; give --sensor NAME")
    }
    guard let sensor = configuration.sensors.first(where: { name == nil || $0.name == name }) else {
      throw .failed("no sensor named \"\(name ?? "")\" in the configuration")
    }
    return sensor
  }

  /// - Parameter tell: gets each transition as it happens.
  func play(
    inRealTime: Bool, _ tell: (VirtualCore.Transition) -> Void
  ) throws(Failure) {
    let begin = Clock.boot()
    while let item = reader.next() {
      if inRealTime { Self.wait(until: begin + item.arrival) }
      port.advance(to: item.arrival)
      tellNew(tell)
      reader.bytes.withUnsafeBytes { file in
        let bytes = UnsafeRawBufferPointer(rebasing: file[item.place])
        switch item.content {
        case .bytes: port.take(bytes, stream: item.stream)
        case .frames: core.frame(sensor: 0, bytes)
        }
      }
      tellNew(tell)
    }
    if inRealTime { Self.wait(until: begin + reader.nanoseconds) }
    port.advance(to: reader.nanoseconds)
    port.finish()
    tellNew(tell)
  }

  private static func wait(until time: Int64) {
    while true {
      let left = time - Clock.boot()
      guard left > 0 else { return }
      var wait = Wait()
      _ = try? wait.run(nanoseconds: left)
    }
  }

  private func tellNew(_ tell: (VirtualCore.Transition) -> Void) {
    while told < core.transitions.count {
      tell(core.transitions[told])
      told += 1
    }
  }

  var ending: RawRecordingReader.Ending { reader.ending ?? .whole }
  var holeMessage: String? { reader.holeMessage }
  var emptyMessage: String? {
    reader.itemCount == 0 ? "the recording is empty: nothing came while it was made" : nil
  }

  /// Why none of the alerts could be judged; empty where one was, and where there is none.
  var notJudged: [String] {
    guard alerts.judged.isEmpty, !alerts.leftOut.isEmpty, core.transitions.isEmpty else {
      return []
    }
    return ["\(path): no alert of the configuration can be judged"]
      + alerts.leftOut.map { "  alert \($0.alert): \($0.lack.message)" }
      + ["--sensor NAME reads the recording as that sensor of the configuration"]
  }

  // MARK: words

  private func isScore(_ transition: VirtualCore.Transition) -> Bool {
    configuration.alerts.first { $0.name == transition.alert }.map {
      configuration.looksAtScore($0)
    } ?? false
  }

  func text(_ transition: VirtualCore.Transition) -> String {
    var text = "  " + Decimal.text(Double(transition.time) / 1e9, decimals: 2) + " s"
    if transition.sample > 0 { text += "  sample \(transition.sample)" }
    text += "  alert \(transition.alert) \(transition.state)"
    if !transition.value.isNaN {
      text += ", \(isScore(transition) ? "score" : "value") \(transition.value)"
    }
    return text + "\n"
  }

  private var checksum: String {
    let sum = core.scoreChecksum
    return Hexadecimal.text([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: sum >> UInt32($0)) })
  }

  var summary: String {
    let counts = core.counts(sensor: 0)
    var text = "\(path): \(sensor.name), "
    text += Decimal.count(Int(clamping: counts.samples - head.samplesBefore), "sample")
    text += " in \(Decimal.text(Double(reader.nanoseconds) / 1e9, decimals: 2)) s, "
    text += "\(counts.refused) refused"
    if hasModel {
      text += ", " + Decimal.count(Int(core.windowCount), "window") + ", scores \(checksum)"
    }
    text += "\n"
    for recorded in head.pipelines {
      guard let index = configuration.pipelineIndex(named: recorded.name),
        let model = core.model(pipeline: index), model != recorded.model
      else { continue }
      text += "  scored by \(model); when it was recorded, \(recorded.model) scored\n"
    }
    return text + alertsText
  }

  private var hasModel: Bool {
    configuration.pipelines.indices.contains { core.model(pipeline: $0) != nil }
  }

  /// What became of the alerts of which there was nothing to tell.
  private var alertsText: String {
    guard notJudged.isEmpty else { return "" }
    let told = core.transitions.map { $0.alert }
    var text = ""
    for alert in alerts.judged where !told.contains(alert) {
      text += "  alert \(alert): judged, not raised\n"
    }
    for alert in alerts.leftOut where !told.contains(alert.alert) {
      text += "  alert \(alert.alert): \(alert.lack.message)\n"
    }
    return text
  }

  var json: String {
    let counts = core.counts(sensor: 0)
    return JSONWriter.text { writer in
      writer.member("recording", path)
      writer.member("sensor", sensor.name)
      writer.member("whole", ending == .whole && reader.holeCount == 0)
      writer.member("nanoseconds", reader.nanoseconds)
      writer.member("samples", counts.samples - head.samplesBefore)
      writer.member("refused", counts.refused)
      writer.member("windows", core.windowCount)
      writer.member("scores_crc32", checksum)
      writer.array("alerts") { writer in
        for transition in core.transitions { writer.object { put(transition, into: &$0) } }
      }
      writer.array("judged") { writer in
        for alert in alerts.judged { writer.object { $0.member("alert", alert) } }
      }
      writer.array("left_out") { writer in
        for alert in alerts.leftOut {
          writer.object { writer in
            writer.member("alert", alert.alert)
            writer.member("why", alert.lack.message)
          }
        }
      }
    } + "\n"
  }

  private func put(_ transition: VirtualCore.Transition, into writer: inout JSONWriter) {
    writer.member("alert", transition.alert)
    writer.member("state", transition.state)
    writer.member("phase", transition.phase)
    writer.member("sample", transition.sample)
    writer.member("at", transition.time)
    writer.member(isScore(transition) ? "score" : "value", transition.value)
  }
}
