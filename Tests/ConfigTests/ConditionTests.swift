import Testing

@testable import Config
import TestSupport
@testable import Text

/// Goal: every kind of condition is read as it is meant, and what cannot work is refused.
/// Method: documents with one table each; whole settings, or the whole message.
@Suite struct ConditionTests {
  private static let head = """
    [agent]
    id = "a"
    [[sensor]]
    name = "boiler"
    port = "stdin"
    rate = 1
    fields = [{ name = "temperature" }, { name = "pressure.bar" }]
    [[pipeline]]
    name = "fall"
    sensor = "boiler"
    model = "fall"

    """

  private func parse(_ text: String) throws -> Configuration {
    try Configuration.parse([
      ConfigurationSource(file: "t.toml", bytes: Array((Self.head + text).utf8))
    ])
  }

  private func messages(_ text: String) -> [String] {
    do throws(ConfigurationError) {
      _ = try Configuration.parse([
        ConfigurationSource(file: "t.toml", bytes: Array((Self.head + text).utf8))
      ])
      return []
    } catch {
      return error.messages
    }
  }

  private func test(_ lines: String) throws -> ConditionTest? {
    try parse("[[alert]]\nname = \"x\"\n\(lines)\n").conditions.first?.test
  }

  @Test func `the simplest job is eight lines and no model`() throws {
    let text = """
      [[sensor]]
      name = "boiler"
      port = "serial:/dev/ttyUSB0"
      fields = [{ name = "temperature" }]
      [[alert]]
      source = "sensor:boiler.temperature"
      above = 95
      outputs = ["socket", "journal"]
      """
    #expect(text.split(separator: "\n").count == 8)
    let configuration = try Configuration.parse([
      ConfigurationSource(file: "t.toml", bytes: Array(text.utf8))
    ])
    #expect(configuration.sensors[0].rateHertz == 1)
    #expect(ConfigurationText.isDottedName(configuration.agent.id))
    #expect(
      configuration.conditions[0].test
        == .level(
          .field(sensor: "boiler", field: "temperature"),
          LevelSettings(kind: .above, low: 95, high: 95, clearLow: 95, clearHigh: 95)))
    #expect(configuration.alerts.map { $0.name } == ["boiler-temperature", "boiler-stale"])
  }

  @Test func `an alert without a name is called as its source`() throws {
    #expect(
      ConfigurationText.name(from: "boiler.temperature rate 1m") == "boiler-temperature-rate-1m")
    #expect(ConfigurationText.name(from: ".°.").isEmpty)
    let alert = "[[alert]]\nsource = \"sensor:boiler.temperature\"\nabove = 1\n"
    #expect(messages(alert + alert).contains { $0.contains("\"boiler-temperature\"") })
    let condition = "[[condition]]\nname = \"boiler-temperature\"\n\(alert.dropFirst(10))"
    #expect(messages(condition + alert).contains { $0.contains("\"boiler-temperature\"") })
  }

  @Test func `every source`() throws {
    let boiler = "boiler"
    let level = LevelSettings(kind: .above, low: 0.5, high: 0.5, clearLow: 0.5, clearHigh: 0.5)
    let minute: Int64 = 60_000_000_000
    let values: [(String, ValueSource)] = [
      ("fall.fall.hard", .score(pipeline: "fall", label: "fall.hard")),
      ("sensor:boiler.pressure.bar", .field(sensor: boiler, field: "pressure.bar")),
      (
        "sensor:boiler.temperature rate 1m",
        .derived(sensor: boiler, field: "temperature", .rate, overNanoseconds: minute)
      ),
      (
        "sensor:boiler.temperature span 90s",
        .derived(sensor: boiler, field: "temperature", .span, overNanoseconds: 90_000_000_000)
      ),
      ("refused:boiler", .share(.refused(sensor: boiler), overNanoseconds: minute)),
      ("rate:boiler 1h", .share(.rate(sensor: boiler), overNanoseconds: 60 * minute)),
      ("anomaly:fall", .score(pipeline: "fall", label: "anomaly")),
      ("late:fall 1m", .share(.late(pipeline: "fall"), overNanoseconds: minute)),
    ]
    for (text, source) in values {
      #expect(try test("source = \"\(text)\"\nabove = 0.5") == .level(source, level), "\(text)")
    }
    let states: [(String, HealthSource)] = [
      ("stale:boiler", .stale(sensor: boiler)),
      (
        "stuck:boiler.temperature 10m",
        .stuck(sensor: boiler, field: "temperature", overNanoseconds: 10 * minute, deadBand: 0)
      ),
      (
        "stuck:boiler.temperature",
        .stuck(sensor: boiler, field: "temperature", overNanoseconds: minute, deadBand: 0)
      ),
      ("disabled:fall", .disabled(pipeline: "fall")), ("clock", .clock),
    ]
    for (text, state) in states {
      #expect(try test("source = \"\(text)\"") == .health(state), "\(text)")
    }
    #expect(
      try test("source = \"stuck:boiler.temperature 5s\"\ndead_band = 0.25")
        == .health(
          .stuck(
            sensor: boiler, field: "temperature", overNanoseconds: 5_000_000_000, deadBand: 0.25)))
  }

  @Test(arguments: [
    "fall", ".x", "sensor:boiler", "sensor:boiler.temperature rates 1m",
    "sensor:boiler.temperature rate", "sensor:boiler.temperature rate 0s",
    "sensor:boiler.temperature rate 1m 1m", "sensor:boiler.temperature  rate 1m", "stale:",
    "stale:boiler 1m", "stuck:boiler", "stuck:boiler.temperature 1", "refused:boiler 25h",
    "store:x", "clock 1m", "output:", "stale:boiler.temperature",
  ])
  func `what is no source`(text: String) {
    let found = messages("[[alert]]\nname = \"x\"\nsource = \"\(text)\"\nabove = 0.5\n")
    #expect(
      found.count == 1 && found[0].utf8.starts(with: "t.toml:14:10: source in [[alert]]".utf8))
  }

  @Test func `every level with its clear level`() throws {
    let cases: [(String, LevelSettings)] = [
      (
        "above = 90\nclear_below = 85",
        LevelSettings(kind: .above, low: 90, high: 90, clearLow: 85, clearHigh: 85)
      ),
      (
        "below = -5\nclear_above = 2.5",
        LevelSettings(kind: .below, low: -5, high: -5, clearLow: 2.5, clearHigh: 2.5)
      ),
      (
        "outside = [1, 3]\nclear_inside = [1.5, 2.5]",
        LevelSettings(kind: .outside, low: 1, high: 3, clearLow: 1.5, clearHigh: 2.5)
      ),
      (
        "inside = [1, 3]\nclear_outside = [0, 4]",
        LevelSettings(kind: .inside, low: 1, high: 3, clearLow: 0, clearHigh: 4)
      ),
      (
        "inside = [1, 3]",
        LevelSettings(kind: .inside, low: 1, high: 3, clearLow: 1, clearHigh: 3)
      ),
    ]
    let source = ValueSource.field(sensor: "boiler", field: "temperature")
    for (lines, level) in cases {
      let found = try test("source = \"sensor:boiler.temperature\"\n\(lines)")
      #expect(found == .level(source, level), "\(lines)")
    }
  }

  @Test func `conditions are put in the order of their needs`() throws {
    let configuration = try parse(
      """
      [[condition]]
      name = "both"
      all = ["hot", "not dry"]
      [[condition]]
      name = "dry"
      source = "sensor:boiler.pressure.bar"
      below = 0.2
      [[alert]]
      name = "danger"
      any = ["both", "boiler-off"]
      suppress_when = ["dry"]
      [[alert]]
      name = "hot"
      source = "sensor:boiler.temperature"
      above = 95
      [[alert]]
      name = "boiler-off"
      source = "stale:boiler"
      """)
    #expect(
      configuration.conditions.map { $0.name } == ["hot", "dry", "both", "boiler-off", "danger"])
    #expect(
      configuration.conditions[2].test
        == .combination(
          .all,
          [
            ConditionOperand(condition: 0, isNegated: false),
            ConditionOperand(condition: 1, isNegated: true),
          ]))
    #expect(configuration.alerts.map { $0.name } == ["danger", "hot", "boiler-off"])
    #expect(configuration.alerts[0].condition == 4 && configuration.alerts[0].suppressors == [1])
    #expect(configuration.alerts[0].sourceText == "any of both, boiler-off")
  }

  @Test func `a sensor and a pipeline that an alert needs get their own`() throws {
    let configuration = try parse(
      """
      [[alert]]
      name = "fall"
      source = "fall.fall"
      above = 0.9
      severity = "critical"
      outputs = ["socket", "exec:/bin/true"]
      [[alert]]
      name = "hot"
      source = "sensor:boiler.temperature"
      above = 95
      outputs = ["journal"]
      """)
    #expect(
      configuration.alerts.map { $0.name } == ["fall", "hot", "boiler-stale", "fall-disabled"])
    let names = configuration.alerts[2].outputs.map { configuration.outputs[$0].name }
    #expect(names == ["socket", "exec:/bin/true", "journal"])
    #expect(configuration.alerts[2].severity == .critical)
    #expect(configuration.alerts[2...].allSatisfy { $0.isDeadMan && !$0.needsAcknowledgement })
  }

  @Test(arguments: [
    (
      "above = 1\nbelow = 0",
      "15:1: \"above\" and \"below\" in [[alert]] exclude each other; keep one"
    ),
    (
      "outside = [3, 1]",
      "14:11: outside in [[alert]] is an array; write two numbers as [low, high], low below high"
    ),
    (
      "outside = [1, 3]\nclear_inside = [0, 2]",
      "15:16: clear_inside in [[alert]] is on the wrong side; it has to be within outside"
    ),
    (
      "inside = [1, 3]\nclear_outside = [1.5, 4]",
      "15:17: clear_outside in [[alert]] is on the wrong side; it has to be around inside"
    ),
    (
      "below = 5\nclear_above = 4",
      "15:15: clear_above in [[alert]] is 4; write a number of at least 5 that single precision holds"
    ),
    (
      "above = 5\nclear_above = 6",
      "15:1: \"clear_above\" in [[alert]] goes only with another level; above goes with clear_below; "
        + "choose that or remove it"
    ),
    (
      "above = 5\nhold = \"999ms\"",
      "15:8: hold in [[alert]] is 999ms, shorter than the time between two samples allows; "
        + "write at least 1s"
    ),
    (
      "above = 5\nacknowledge = false\nlatch = true",
      "16:1: \"latch\" in [[alert]] goes only with acknowledge = true; choose that or remove it"
    ),
    (
      "above = 5\nescalate_after = \"1m\"",
      "11:1: [[alert]] lacks \"escalate_to\"; add escalate_to = [\"exec:/path\"]"
    ),
    (
      "above = 5\nescalate_to = [\"socket\"]",
      "15:1: \"escalate_to\" in [[alert]] goes only with escalate_after; choose that or remove it"
    ),
  ])
  func `faults`(lines: String, message: String) {
    let text = "[[alert]]\nname = \"x\"\nsource = \"sensor:boiler.temperature\"\n\(lines)\n"
    let places = messages(text)
    let expected = message.split(separator: ":", maxSplits: 1)
    // Line numbers count from the head's end.
    let line = Int(expected[0])! + 1
    #expect(places == ["t.toml:\(line):\(expected[1])"])
  }

  @Test func `a condition that needs itself, an alert that suppresses itself`() {
    #expect(
      messages(
        "[[condition]]\nname = \"a\"\nnot = \"b\"\n[[condition]]\nname = \"b\"\nall = [\"a\"]\n"
      )
      .contains("t.toml:14:7: condition \"a\" needs itself; remove one of the references"))
    let mutual = """
      [[alert]]
      name = "a"
      source = "stale:boiler"
      suppress_when = ["b"]
      [[alert]]
      name = "b"
      source = "disabled:fall"
      suppress_when = ["a"]
      """
    #expect(
      messages(mutual) == [
        "t.toml:15:18: alert \"a\" suppresses itself and could never be heard; "
          + "remove one of the conditions in suppress_when",
        "t.toml:19:18: alert \"b\" suppresses itself and could never be heard; "
          + "remove one of the conditions in suppress_when",
      ])
  }

  @Test(arguments: [
    (
      "source = \"sensor:boiler.temperature rate 1s\"\nabove = 1",
      "14:10: source looks at 1s, too short"
    ),
    ("source = \"stuck:boiler.temperature 1s\"", "14:10: source looks at 1s, too short"),
    (
      "source = \"rate:boiler 1s\"\nabove = 1",
      "14:10: source looks at 1s, too short: the agent counts once a second; write at least 10s"
    ),
    (
      "source = \"sensor:boiler.temperature\"\nabove = 1\nvotes = \"2 of 3\"\nhold = \"1ms\"",
      "17:8: hold in [[alert]] is 1ms, shorter"
    ),
    ("not = \"typo\"", "14:7: not in [[alert]] names \"typo\", but no condition"),
    ("source = \"output:typo\"", "14:10: source in [[alert]] names \"typo\", but no output"),
    (
      "source = \"sensor:boiler.temperature\"\nabove = 1\nmax_age = \"500ms\"",
      "16:11: max_age in [[alert]] is 500ms, shorter"
    ),
    (
      "source = \"stale:boiler\"\nmax_age = \"1s\"", "15:1: \"max_age\" in [[alert]] goes only with"
    ),
    (
      "source = \"sensor:boiler.temperature span 10s\"\nabove = 0",
      "15:9: above in [[alert]] is 0; write"
    ),
    (
      "source = \"sensor:boiler.temperature span 10s\"\nabove = 5\nclear_below = 0",
      "16:15: clear_below in [[alert]] is 0; write a number above 0, up to 5"
    ),
    (
      "source = \"refused:boiler\"\noutside = [0, 1]",
      "15:11: outside in [[alert]] holds every value that the source can have"
    ),
    (
      "source = \"refused:boiler\"\ninside = [0, 1]", "15:10: inside in [[alert]] holds every value"
    ),
    (
      "source = \"refused:boiler\"\ninside = [0.4, 0.6]\nclear_outside = [0, 1]",
      "16:17: clear_outside in [[alert]] holds every value that the source can have; write"
    ),
    (
      "source = \"sensor:boiler.temperature span 10s\"\ninside = [-5, -1]",
      "15:10: inside in [[alert]] holds no value that the source can have; write another range"
    ),
    (
      "source = \"sensor:boiler.temperature span 10s\"\noutside = [-5, 3]\nclear_inside = [-5, -1]",
      "16:16: clear_inside in [[alert]] holds no value that the source can have; write"
    ),
    ("source = \"fall.fall\"\nabove = 0", "15:9: above in [[alert]] is 0; write a number above 0"),
    ("source = \"store\"", "14:10: source is \"store\", but there is no [store]"),
    (
      "source = \"boiler.temperature\"\nabove = 95",
      "14:10: source in [[alert]] is \"boiler.temperature\", but that is a sensor and no pipeline; "
        + "write \"sensor:boiler.temperature\""
    ),
  ])
  func `what can never ring, or never end`(lines: String, start: String) {
    let found = messages("[[alert]]\nname = \"x\"\n\(lines)\n")
    #expect(found.count == 1 && found[0].hasPrefix("t.toml:\(start)"), "\(found)")
  }

  @Test func `a condition takes no dead man's place`() throws {
    let configuration = try parse(
      """
      [[condition]]
      name = "quiet"
      source = "stale:boiler"
      [[alert]]
      name = "hot"
      source = "sensor:boiler.temperature"
      above = 95
      suppress_when = ["quiet"]
      """)
    #expect(configuration.alerts.map { $0.name } == ["hot", "boiler-stale"])
  }

  private static let source = "source = \"sensor:boiler.temperature\"\nabove = 1\n"

  /// Each needs the two before it; the first is given.
  private static func chain(_ first: String) -> String {
    var text = ""
    for index in 0..<60 {
      text += "[[condition]]\nname = \"c\(index)\"\n"
      switch index {
      case 0: text += first
      case 1: text += source
      default: text += "all = [\"c\(index - 1)\", \"c\(index - 2)\"]\n"
      }
    }
    return text + "[[alert]]\nname = \"a\"\nall = [\"c59\"]\n"
  }

  @Test func `many combinations of combinations are no work`() throws {
    #expect(
      try parse(Self.chain(Self.source)).alerts.map { $0.name } == ["a", "boiler-stale"])
  }

  @Test(arguments: [
    ("all = [\"typo\"]\n", "14:8: all in [[condition]] names \"typo\", but no condition"),
    ("all = [\"c0\"]\n", "14:7: condition \"c0\" needs itself"),
    // All of them stand in the ring, and one of them has to go.
    ("all = [\"c59\"]\n", "14:7: condition \"c0\" needs itself"),
  ])
  func `a fault below many combinations is said once`(first: String, start: String) {
    let found = messages(Self.chain(first))
    #expect(found.count == 1 && found[0].hasPrefix("t.toml:\(start)"), "\(found)")
  }

  @Test func `a sensor that would be stale for ever`() {
    let text = Self.head.replacing("rate = 1\n", with: "rate = 0.1\nstale_after = \"5s\"\n")
    do throws(ConfigurationError) {
      _ = try Configuration.parse([ConfigurationSource(file: "t.toml", bytes: Array(text.utf8))])
      Issue.record("accepted")
    } catch {
      #expect(
        error.messages == [
          "t.toml:7:15: stale_after in [[sensor]] is 5s, shorter than the time between two samples "
            + "allows; write at least 15s"
        ])
    }
    #expect(
      (try? parse(""))?.sensors[0].staleAfterNanoseconds == 5_000_000_000)
  }

  @Test(arguments: [
    (#"range = [-16, 16]"#, "above = 20", "-16.0 to 16.0"),
    (#"range = [-16, 16]"#, "below = -20", "-16.0 to 16.0"),
    (#"type = "uint8""#, "above = 300", "0.0 to 255.0"),
    (#"type = "int16", scale = -0.5, offset = 1"#, "above = 16386", "-16382.5 to 16385.0"),
    (#"bit = 3, bits = 1"#, "above = 5", "0.0 to 1.0"),
  ])
  func `a level beyond what a field can be is refused`(field: String, level: String, span: String) {
    func text(_ level: String) -> [ConfigurationSource] {
      let framing = field.hasPrefix("range") ? "" : "framing = \"fixed\"\nframe_bytes = 8\n"
      let text = """
        [[sensor]]
        name = "boiler"
        port = "serial:/dev/ttyUSB0"
        \(framing)fields = [{ name = "t", \(field) }]
        [[alert]]
        source = "sensor:boiler.t"
        \(level)
        """
      return [ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))]
    }
    do throws(ConfigurationError) {
      _ = try Configuration.parse(text(level))
      Issue.record("it was taken")
    } catch {
      #expect(
        error.messages.count == 1 && error.messages[0].contains("\"t\" is \(span), by its type"))
    }
    #expect(throws: Never.self) { _ = try Configuration.parse(text("above = 0.5")) }
  }
}
