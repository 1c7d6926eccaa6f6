import SensorIO
import Text

/// What stands in front of a raw recording, as TOML: how to read its bytes, and where it comes
/// from.
///
///     [recording]     agent, program, at, time, samples_before
///     [alert]         name, episode, sample, value, time: of a recording that an alert left
///     [[pipeline]]    name, model, sample, scores: as they were when the alert was raised
///     [[sensor]]      as in a configuration; absent where only the port was known
package struct RecordingHead {
  package struct Alert: Equatable, Sendable {
    package var name: String
    package var episode: Int64
    /// The sample that was judged, counted by the agent that made the recording.
    package var sample: Int64
    package var value: Float
    /// RFC 3339; empty where the board did not know the time.
    package var time: String

    package init(name: String, episode: Int64, sample: Int64, value: Float, time: String) {
      (self.name, self.episode, self.sample) = (name, episode, sample)
      (self.value, self.time) = (value, time)
    }
  }

  package struct Pipeline: Equatable, Sendable {
    package var name: String
    /// `name/version`
    package var model: String
    /// The last sample of the window that was scored last. Windows are due `stride` samples apart,
    /// so it says where those of the recording begin.
    package var sample: Int64
    package var scores: [(label: String, score: Float)]

    package init(
      name: String, model: String, sample: Int64, scores: [(label: String, score: Float)] = []
    ) {
      (self.name, self.model, self.sample, self.scores) = (name, model, sample, scores)
    }

    package static func == (a: Pipeline, b: Pipeline) -> Bool {
      a.name == b.name && a.model == b.model && a.sample == b.sample
        && a.scores.map { $0.label } == b.scores.map { $0.label }
        && a.scores.map { $0.score } == b.scores.map { $0.score }
    }
  }

  /// The id of the board.
  package var agent = ""
  /// The version of the program that recorded.
  package var program = ""
  /// CLOCK_BOOTTIME at the begin, in nanoseconds, as events have it.
  package var at: Int64 = 0
  /// RFC 3339, of the begin; empty where the board did not know the time.
  package var time = ""
  /// Samples of the sensor before the first one that is in here.
  package var samplesBefore: Int64 = 0
  package var alert: Alert?
  package var pipelines: [Pipeline] = []
  package var sensor: SensorSettings?

  package init() {}

  // MARK: writing

  /// As long as a head may be: the scores of very many labels, and then a very long table, are left
  /// out.
  ///
  /// - Parameter sensor: the sensor's table as it was written.
  @export(interface)
  package func text(sensor: WrittenTable?) -> String {
    for (hasScores, sensor) in [(true, sensor), (false, sensor), (false, nil)] {
      let text = text(sensor: sensor, hasScores: hasScores)
      if text.utf8.count <= RawRecordingLimits.headBytesMax { return text }
    }
    return ""
  }

  private func text(sensor: WrittenTable?, hasScores: Bool) -> String {
    var text = "[recording]\n"
    text += "agent = \(TOMLText.quoted(agent))\n"
    text += "program = \(TOMLText.quoted(program))\n"
    text += "at = \(at)\n"
    if !time.isEmpty { text += "time = \(TOMLText.quoted(time))\n" }
    text += "samples_before = \(samplesBefore)\n"
    if let alert {
      text += "\n[alert]\nname = \(TOMLText.quoted(alert.name))\n"
      text += "episode = \(alert.episode)\nsample = \(alert.sample)\n"
      if alert.value.isFinite { text += "value = \(alert.value)\n" }
      if !alert.time.isEmpty { text += "time = \(TOMLText.quoted(alert.time))\n" }
    }
    for pipeline in pipelines {
      text += "\n[[pipeline]]\nname = \(TOMLText.quoted(pipeline.name))\n"
      text += "model = \(TOMLText.quoted(pipeline.model))\nsample = \(pipeline.sample)\n"
      let scores = pipeline.scores.filter { $0.score.isFinite }.map {
        "\(TOMLText.quoted($0.label)) = \($0.score)"
      }
      if hasScores, !scores.isEmpty { text += "scores = { \(scores.joined(separator: ", ")) }\n" }
    }
    if let sensor { text += "\n[[sensor]]\n\(sensor.text)" }
    return text
  }

  // MARK: reading

  /// Reads what it knows, and passes over what another version wrote beside it.
  ///
  /// - Parameter file: the recording, for errors.
  /// - Throws: what is wrong with the TOML or with the sensor's table.
  @export(interface)
  package init(_ text: String, file: String) throws(ConfigurationError) {
    let reader = ConfigurationReader(mainFile: file)
    let source = ConfigurationSource(file: file, bytes: Array(text.utf8))
    if let document = reader.document(source) {
      if let table = document.table("recording") { read(table) }
      alert = Self.alert(document)
      pipelines = document.tables("pipeline").map { table in
        Pipeline(
          name: table.text("name"), model: table.text("model"), sample: table.whole("sample"),
          scores: (table.table("scores")?.entries ?? []).compactMap { entry in
            table.table("scores")?.number(entry.key).map { (entry.key, $0) }
          })
      }
      sensor = document.tables("sensor").first.flatMap(reader.sensor)
    }
    guard reader.faults.faults.isEmpty else {
      throw ConfigurationError(reader.faults.faults, files: [file])
    }
  }

  /// The alert that left a recording; nil for another recording, and for bytes that are none. It
  /// reads nothing else of the head, which sync has no memory for.
  package static func alert(of bytes: [UInt8]) -> Alert? {
    guard let reader = try? RawRecordingReader(bytes) else { return nil }
    return (try? TOMLReader.read(Array(reader.head.utf8), file: "recording")).flatMap(alert)
  }

  private static func alert(_ document: TOMLTable) -> Alert? {
    guard let table = document.table("alert") else { return nil }
    return Alert(
      name: table.text("name"), episode: table.whole("episode"), sample: table.whole("sample"),
      value: table.number("value") ?? .nan, time: table.text("time"))
  }

  private mutating func read(_ table: TOMLTable) {
    (agent, program, time) = (table.text("agent"), table.text("program"), table.text("time"))
    (at, samplesBefore) = (table.whole("at"), max(0, table.whole("samples_before")))
  }
}

extension TOMLTable {
  fileprivate func table(_ key: String) -> TOMLTable? {
    guard case .table(let table)? = entry(key)?.value.content else { return nil }
    return table
  }

  fileprivate func tables(_ key: String) -> [TOMLTable] {
    guard case .array(let array)? = entry(key)?.value.content else { return [] }
    return array.elements.compactMap { element in
      guard case .table(let table) = element.content else { return nil }
      return table
    }
  }

  fileprivate func text(_ key: String) -> String { entry(key)?.placedText?.text ?? "" }

  fileprivate func whole(_ key: String) -> Int64 {
    guard case .integer(let number)? = entry(key)?.value.content else { return 0 }
    return number
  }

  fileprivate func number(_ key: String) -> Float? {
    switch entry(key)?.value.content {
    case .integer(let number)?: Float(number)
    case .float(let number)?: Float(number)
    default: nil
    }
  }
}

extension Configuration {
  /// A port as a configuration writes it, of a serial line with its rate: `serial:/dev/ttyUSB0`.
  ///
  /// - Parameter baud: nil for the usual one.
  @export(interface)
  package static func port(_ text: String, baud: Int?) throws(ConfigurationError) -> PortAddress {
    let file = "PORT"
    let reader = ConfigurationReader(mainFile: file)
    var lines = "port = \(TOMLText.quoted(text))\n"
    if let baud { lines += "baud = \(baud)\n" }
    let document = reader.document(ConfigurationSource(file: file, bytes: Array(lines.utf8)))
    let port = document.flatMap { table in
      PortReader(
        sensor: TableReader(table, .sensor, known: PortReader.keys, faults: reader.faults),
        mainFile: file, standard: SerialSettings()
      ).port()
    }
    guard let port, reader.faults.faults.isEmpty else {
      throw ConfigurationError(reader.faults.faults, files: [file])
    }
    return port
  }
}
