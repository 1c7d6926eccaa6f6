import Testing

@testable import Config
@testable import SensorIO
import TestSupport

/// Goal: joined sensors become settings, and what cannot be joined is refused with its remedy.
/// Method: two sensors of different rates, and one line of the third changed.
@Suite struct ConfigurationJoinTests {
  private static func text(_ join: String, slow: String = "", after: String = "") -> String {
    """
    [[sensor]]
    name = "both"
    \(join)

    [[sensor]]
    name = "fast"
    port = "unix:/a"
    fields = [{ name = "vib", unit = "mm/s", scale = 2 }]
    rate = 10

    [[sensor]]
    name = "slow"
    port = "unix:/b"
    fields = ["temp"]
    \(slow)

    \(after)
    """
  }

  private static func parse(_ text: String) throws -> Configuration {
    try Configuration.parse([ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))])
  }

  /// The messages, without the file.
  private static func faults(_ text: String) -> [String] {
    do {
      _ = try parse(text)
      return []
    } catch let error as ConfigurationError {
      return error.messages
    } catch {
      return ["\(error)"]
    }
  }

  private static let join = #"join = ["fast", "slow"]"# + "\n" + #"fresh = "1400ms""#

  @Test func `it may stand before the sensors that it joins`() throws {
    let configuration = try Self.parse(Self.text(Self.join))
    let both = configuration.sensors[0]
    #expect(both.join == JoinSettings(sensors: ["fast", "slow"], freshNanoseconds: 1_400_000_000))
    #expect(
      both.fields == [FieldSettings(name: "vib", unit: "mm/s"), FieldSettings(name: "temp")],
      "the scale is settled where the value is read")
    #expect(both.rateHertz == 10 && both.staleAfterNanoseconds == 5_000_000_000)
    #expect(configuration.wires.map { $0.sensors } == [[1], [2]], "it has no port of its own")
  }

  @Test func `pipelines and alerts may stand on it`() throws {
    let alert = """
      [[alert]]
      source = "sensor:both.temp"
      above = 80
      """
    let configuration = try Self.parse(Self.text(Self.join, after: alert))
    #expect(configuration.alerts.map { $0.name } == ["both-temp", "both-stale"])
  }

  @Test(arguments: [
    (#"join = ["fast"]"# + "\n" + #"fresh = "2s""#, #"3:8: join in [[sensor]] has 1 element"#),
    (#"join = ["fast", "slow"]"#, #"1:1: [[sensor]] lacks "fresh"; add fresh = "2s""#),
    (
      #"join = ["fast", "slwo"]"# + "\n" + #"fresh = "2s""#,
      #"3:17: join in [[sensor]] names "slwo", but no sensor has that name; did you mean "slow"?"#
    ),
    (
      #"join = ["fast", "both"]"# + "\n" + #"fresh = "2s""#,
      #"3:17: join in [[sensor]] names "both", which is joined itself; name sensors that have"#
    ),
    (
      #"join = ["fast", "fast"]"# + "\n" + #"fresh = "2s""#,
      #"3:17: join "fast" in [[sensor]] is already at"#
    ),
    (
      #"join = ["fast", "slow"]"# + "\n" + #"fresh = "900ms""#,
      #"4:9: fresh in [[sensor]] is 900ms, shorter than the time between two samples allows; "#
        + "write at least 1s"
    ),
    (
      #"join = ["fast", "slow"]"# + "\n" + #"fresh = "2s""# + "\n" + #"port = "unix:/c""#,
      #"5:1: "join" and "port" in [[sensor]] exclude each other; keep one"#
    ),
  ])
  func `what cannot be joined is refused`(join: String, message: String) {
    let faults = Self.faults(Self.text(join))
    #expect(faults.contains { $0.contains(message) }, "\(faults)")
  }

  @Test func `two fields of one name are refused`() {
    let text = Self.text(
      Self.join.replacing(#""slow""#, with: #""slow", "third""#),
      after: """
        [[sensor]]
        name = "third"
        port = "unix:/c"
        fields = ["vib"]
        """)
    #expect(
      Self.faults(text).contains {
        $0.contains(#"the joined sensors "fast" and "third" both have a field "vib"; rename one"#)
      })
  }

  @Test func `more fields than a sensor may have are refused`() {
    let fields = (0..<32).map { "\"f\($0)\"" }.joined(separator: ", ")
    let text = Self.text(
      Self.join.replacing(#""slow""#, with: #""wide""#),
      after: """
        [[sensor]]
        name = "wide"
        port = "unix:/c"
        fields = [\(fields)]
        """)
    #expect(
      Self.faults(text).contains { $0.contains("have 33 fields together; join sensors with at") })
  }

  @Test func `fresh goes with join alone`() {
    #expect(
      Self.faults(Self.text(Self.join, slow: #"fresh = "2s""#)).contains {
        $0.contains(#""fresh" in [[sensor]] goes only with join; choose that or remove it"#)
      })
  }
}
