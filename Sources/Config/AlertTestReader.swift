import SensorIO
import Text

/// Reads a file for `edgeagent check --test`:
///
///     [[test]]
///     name = "ten seconds above 95 raise it, and a dip does not end it"
///     do = ["15s ack hot"]
///     expect = ["10s hot raised", "15s hot acknowledged", "31s hot cleared"]
///
///     [[test.input]]
///     sensor = "boiler"
///     rows = [["0s", 96.0], ["20s", 94.0], ["21s", 96.0], ["31s", 80.0]]
package struct AlertTestReader {
  private let configuration: Configuration
  private let file: String
  private let faults = FaultList()

  /// - Throws: all faults of the file.
  @export(interface)
  package static func load(
    _ path: String, for configuration: Configuration
  ) throws(ConfigurationError) -> [AlertTest] {
    let source = try ConfigurationFiles.readOne(path)
    let reader = AlertTestReader(configuration: configuration, file: path)
    let tests = reader.read(source)
    guard reader.faults.faults.isEmpty else {
      throw ConfigurationError(reader.faults.faults, files: [path])
    }
    return tests
  }

  private func read(_ source: ConfigurationSource) -> [AlertTest] {
    let document: TOMLTable
    do throws(TOMLError) {
      document = try TOMLReader.read(source.bytes, file: source.file)
    } catch {
      faults.note(.syntax(error.kind), at: error.place)
      return []
    }
    let root = TableReader(document, .root, known: ["test"], faults: faults)
    guard let tables = root.subtables("test", max: ConfigurationLimits.testsMax) else { return [] }
    if tables.isEmpty { _ = root.required("test") }
    return tables.compactMap(test)
  }

  private func test(_ table: TOMLTable) -> AlertTest? {
    let test = TableReader(
      table, .test, known: ["name", "input", "do", "expect", "until", "tolerance"], faults: faults)
    let name = test.text(
      test.required("name"), .text(bytes: 1...ConfigurationLimits.textBytesMax))
    let inputs = (test.subtables("input", max: ConfigurationLimits.sensorsMax) ?? [])
      .compactMap(input)
    let orders = (test.elements(test.optional("do"), 0...ConfigurationLimits.testRowsMax) ?? [])
      .compactMap { order($0, test) }
    let expected =
      (test.elements(test.required("expect"), 0...ConfigurationLimits.testRowsMax)
      ?? []).compactMap { element -> AlertTest.Expectation? in
        let found = test.parsed(element, .testExpectation, expectation)
        if let found { _ = alertIndex(found.alert, element) }
        return found
      }
    let range: ClosedRange<Int64> = 0...ConfigurationLimits.testNanosecondsMax
    let until = test.duration(test.optional("until"), in: range)
    let tolerance = test.duration(test.optional("tolerance"), in: range) ?? 250_000_000
    let lastOrder = orders.map { $0.time }.max() ?? 0
    if let until, until < lastOrder {
      faults.note(
        .tooShort(key: "until", in: .test, nanoseconds: until, minimum: lastOrder, .lastOrder),
        at: test.place(of: "until"))
    }
    guard let name else { return nil }
    // What is expected may come late, and what follows an order is announced with it.
    let ends = inputs.map { $0.end } + expected.map { $0.time + tolerance } + [lastOrder]
    return AlertTest(
      name: name, inputs: inputs, orders: orders, expected: expected, until: until ?? ends.max()!,
      toleranceNanoseconds: tolerance)
  }

  // MARK: inputs

  private func input(_ table: TOMLTable) -> AlertTest.Input? {
    let input = TableReader(
      table, .testInput, known: ["sensor", "score", "fields", "every", "rows", "recording"],
      faults: faults)
    guard let (source, period, width) = source(input) else { return nil }
    let every = input.duration(
      input.optional("every"), in: 1_000...ConfigurationLimits.testNanosecondsMax)
    let hasRecording = input.optional("recording") != nil
    if hasRecording, let rows = input.optional("rows") {
      faults.note(.exclusive(keys: ["recording", "rows"], in: .testInput), at: rows.place)
    }
    let feed: AlertTest.Feed
    if let entry = input.optional("recording") {
      let path = input.parsed(entry, .path(bytesMax: ConfigurationLimits.pathBytesMax)) { text in
        text.isEmpty ? nil : ConfigurationText.pathBeside(file, text)
      }
      guard let path else { return nil }
      feed = .recording(path)
    } else {
      let counts = 1...ConfigurationLimits.testRowsMax
      guard let elements = input.elements(input.required("rows"), counts) else { return nil }
      let rows = elements.compactMap { element in
        input.value(element, .testRow(width)) { row($0, width: width) }
      }
      guard rows.count == elements.count else { return nil }
      for (earlier, later) in zip(rows, rows.dropFirst()).enumerated()
      where later.0.time >= later.1.time {
        faults.note(.testOrder, at: elements[earlier + 1].value.place)
      }
      feed = .rows(rows)
    }
    return AlertTest.Input(source: source, feed: feed, periodNanoseconds: every ?? period)
  }

  private func source(
    _ input: TableReader
  ) -> (AlertTest.Source, period: Int64, width: Int)? {
    if let entry = input.optional("score") {
      return score(entry, input).map { ($0, 200_000_000, 1) }
    }
    guard let name = input.text(input.required("sensor"), .name) else { return nil }
    guard let index = configuration.sensorIndex(named: name) else {
      faults.note(
        .undefined(
          key: "sensor", in: .testInput, found: name, what: .sensor,
          known: configuration.sensors.map { $0.name }), at: input.place(of: "sensor"))
      return nil
    }
    let sensor = configuration.sensors[index]
    let names = sensor.fields.map { $0.name }
    var columns = Array(names.indices)
    if let elements = input.elements(input.optional("fields"), 1...names.count) {
      columns = elements.compactMap { element in
        input.parsed(element, .oneOf(names)) { names.firstIndex(bytesOf: $0) }
      }
      guard columns.count == elements.count else { return nil }
    }
    return (.sensor(index: index, fields: columns), sensor.periodNanoseconds, columns.count)
  }

  /// One of the scores that conditions look at.
  private func score(_ entry: TOMLEntry, _ input: TableReader) -> AlertTest.Source? {
    input.noteNotApplicable(["fields", "recording"], .sensor)
    if let sensor = input.optional("sensor") {
      faults.note(.exclusive(keys: ["score", "sensor"], in: .testInput), at: sensor.place)
    }
    var (texts, scores) = ([String](), [AlertTest.Source]())
    for (index, pipeline) in configuration.pipelines.enumerated() {
      for watched in configuration.watchedLabels(of: pipeline.name) {
        let text = "\(pipeline.name).\(watched.label)"
        guard !texts.contains(bytesOf: text) else { continue }
        texts.append(text)
        scores.append(.score(pipeline: index, label: watched.label))
      }
    }
    guard !texts.isEmpty else {
      input.noteNotApplicable(["score"], .watchedScore)
      return nil
    }
    return input.parsed(entry, .oneOf(texts)) { text in
      texts.firstIndex(bytesOf: text).map { scores[$0] }
    }
  }

  /// `["5s", 96.0]`, or `["5s", "silence"]`.
  private func row(_ content: TOMLContent, width: Int) -> (time: Int64, values: [Float]?)? {
    guard case .array(let array) = content, let first = array.elements.first,
      case .string(let text) = first.content, let time = time(text)
    else { return nil }
    let rest = array.elements.dropFirst().map { $0.content }
    if rest.count == 1, case .string("silence") = rest[0] { return (time, nil) }
    guard rest.count == width else { return nil }
    var values: [Float] = []
    for content in rest {
      switch content {
      case .integer(let value): values.append(Float(value))
      case .float(let value): values.append(Float(value))
      default: return nil
      }
    }
    return (time, values)
  }

  private func time(_ text: String) -> Int64? {
    DurationText.nanoseconds(text).flatMap {
      $0 <= ConfigurationLimits.testNanosecondsMax ? $0 : nil
    }
  }

  // MARK: orders and expectations

  private func words(_ text: String) -> [String] {
    text.utf8.split(separator: UInt8(ascii: " ")).map { String(decoding: Array($0), as: UTF8.self) }
  }

  /// What an alert announces, as `AlertTransition` words it.
  static let states = [
    "raised", "cleared", "repeated", "acknowledged", "confirmed", "reset", "escalated", "shelved",
    "unshelved", "suppressed", "unsuppressed", "out-of-service", "in-service", "silenced",
    "unsilenced",
  ]

  /// `10s hot raised`
  private func expectation(_ text: String) -> AlertTest.Expectation? {
    let words = words(text)
    guard words.count == 3, let time = time(words[0]), Self.states.contains(bytesOf: words[2])
    else { return nil }
    return AlertTest.Expectation(time: time, alert: words[1], state: words[2])
  }

  /// `15s ack hot`, `15s shelve hot 30m`, `15s pause hot 2m`, `15s service hot off`
  private func order(_ element: TOMLEntry, _ test: TableReader) -> AlertTest.Order? {
    let found = test.parsed(element, .testOrder, order)
    guard let found, let alert = alertIndex(found.alert, element) else { return nil }
    return AlertTest.Order(time: found.time, alert: alert, act: found.act)
  }

  private func order(_ text: String) -> (time: Int64, alert: String, act: AlertTest.Act)? {
    let words = words(text)
    guard words.count >= 3, let time = time(words[0]) else { return nil }
    let act: AlertTest.Act
    switch (words[1], words.count == 4 ? words[3] : nil) {
    case ("ack", nil), ("acknowledge", nil): act = .acknowledge
    case ("confirm", nil): act = .confirm
    case ("reset", nil): act = .reset
    case ("unshelve", nil): act = .unshelve
    case ("service", "off"?): act = .service(isOut: true)
    case ("service", "on"?): act = .service(isOut: false)
    case ("shelve", let word?):
      guard let length = self.time(word), length > 0 else { return nil }
      act = .shelve(nanoseconds: length)
    case ("pause", let word?):
      guard let length = self.time(word), length > 0 else { return nil }
      act = .silence(nanoseconds: length)
    default: return nil
    }
    return (time, words[2], act)
  }

  /// Nil when a fault was noted: no alert has that name.
  private func alertIndex(_ name: String, _ element: TOMLEntry) -> Int? {
    let known = configuration.alerts.map { $0.name }
    if let index = known.firstIndex(bytesOf: name) { return index }
    faults.note(
      .undefined(key: element.key, in: .test, found: name, what: .alert, known: known),
      at: element.value.place)
    return nil
  }
}

extension AlertTest.Input {
  /// The time of the last row; 0 for a recording, which ends with its file.
  fileprivate var end: Int64 {
    guard case .rows(let rows) = feed else { return 0 }
    return rows.last?.time ?? 0
  }
}
