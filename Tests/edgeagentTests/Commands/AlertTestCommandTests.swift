import Testing

@testable import Config
@testable import Core
@testable import System
@testable import Text
import TestSupport

@testable import edgeagent

/// Goal: a table of values and times gives the transitions that it has to give, in virtual time,
/// and a difference is told so that a person finds it. Method: the examples with their tests, and
/// tests of tests.
@Suite struct AlertTestCommandTests {
  private static let folder = Repository.path("examples/alerts")
  private static let examples: [String] = {
    let names = (try? Files.names(in: folder)) ?? []
    return names.filter { $0.hasSuffix(".toml") && !$0.hasSuffix(".test.toml") }.sorted()
  }()

  /// Examples without a test beside them, each with the reason.
  private static let untested = [
    "anomaly.toml": "its model is no part of this repository",
    "disabled.toml": "virtual time has no model that breaks; HealthWatchTests has",
    "health.toml": "outbox, outputs and clock are the board's; HealthWatchTests has them",
    "late.toml": "no window is late in virtual time; HealthWatchTests has late ones",
    "refused.toml": "an input gives samples, and no frames that could be refused",
  ]

  private static func test(of name: String) -> String {
    "\(folder)/\(name.dropLast(5)).test.toml"
  }

  @Test func `there is an example for each kind of condition`() {
    #expect(Self.examples.count >= 17)
  }

  @Test(arguments: examples)
  func `each example is a configuration`(name: String) throws {
    let configuration = try Configuration.load("\(Self.folder)/\(name)")
    #expect(!configuration.alerts.isEmpty)
  }

  @Test func `each example has a test, or a reason why not`() {
    let untested = Self.examples.filter { Files.kind(Self.test(of: $0)) != .file }
    #expect(untested == Self.untested.keys.sorted())
  }

  @Test(arguments: examples.filter { untested[$0] == nil })
  func `the test of each example passes`(name: String) throws {
    let configuration = try Configuration.load("\(Self.folder)/\(name)")
    let test = Self.test(of: name)
    do throws(Failure) {
      let text = try AlertTestCommand.execute(test, configuration, asJSON: false)
      #expect(text.contains(" passed, 0 failed"))
    } catch {
      let results = try? AlertTestCommand.results(test, configuration)
      Issue.record("\(name): \(error.lines) \(results?.flatMap { $0.differences } ?? [])")
    }
  }

  private let files = TestFolder()

  private func differences(_ test: String) throws -> [String] {
    let configuration = try Configuration.load("\(Self.folder)/field.toml")
    let path = try files.file("t.toml", Array(test.utf8))
    return try AlertTestCommand.results(path, configuration).flatMap { $0.differences }
  }

  @Test func `what differs is told with the value and the level`() throws {
    let found = try differences(
      """
      [[test]]
      name = "x"
      expect = ["5s hot raised", "20s hot cleared"]
      [[test.input]]
      sensor = "boiler"
      fields = ["temperature"]
      rows = [["0s", 96], ["15s", 97], ["20s", 97]]
      """)
    #expect(
      found == [
        "expected 5.00s hot raised, got 10.00s hot raised at 96.0, level 95.0",
        "expected 20.00s hot cleared, got nothing more",
      ])
  }

  @Test func `an order that the agent refuses fails the test`() throws {
    let found = try differences(
      """
      [[test]]
      name = "x"
      do = ["1s ack hot"]
      expect = []
      until = "2s"
      """)
    #expect(found == ["1.00s hot: it is normal; there is nothing to do"])
  }

  @Test func `a test without an end waits for what may come late, and for its last order`() throws {
    let late = try differences(
      """
      [[test]]
      name = "x"
      expect = ["9900ms hot raised"]
      [[test.input]]
      sensor = "boiler"
      fields = ["temperature"]
      rows = [["0s", 96]]
      """)
    #expect(late == [], "it comes a tenth of a second late")
    let obeyed = try differences(
      """
      [[test]]
      name = "x"
      do = ["14s ack hot"]
      expect = ["10s hot raised"]
      [[test.input]]
      sensor = "boiler"
      fields = ["temperature"]
      rows = [["0s", 96]]
      """)
    #expect(obeyed.count == 1)
    #expect(
      obeyed.first?.hasPrefix("expected nothing more, got 14.00s hot acknowledged") == true,
      "\(obeyed)")
  }

  @Test func `a recording is played at the sensor's rate`() throws {
    let csv = (0..<30).map { $0 < 5 ? "20,1" : "96,1" }.joined(separator: "\n")
    _ = try files.file("r.csv", Array("temperature,pressure\n\(csv)\n".utf8))
    let found = try differences(
      """
      [[test]]
      name = "x"
      expect = ["15s hot raised"]
      [[test.input]]
      sensor = "boiler"
      recording = "r.csv"
      """)
    #expect(found == [])
  }

  @Test(arguments: [
    ("expect = [\"5s hot\"]", "3:11: expect in [[test]] is \"5s hot\"; write \"10s ALERT raised\""),
    ("expect = [\"5s hot rised\"]", "3:11: expect in [[test]] is \"5s hot rised\"; write"),
    ("expect = [\"5s cold raised\"]", "3:11: expect in [[test]] names \"cold\""),
    ("expect = []\ndo = [\"5s jump hot\"]", "4:7: do in [[test]] is \"5s jump hot\""),
    ("expect = []\ndo = [\"5s ack cold\"]", "4:7: do in [[test]] names \"cold\", but no alert"),
    (
      "expect = []\ndo = [\"5s ack hot\"]\nuntil = \"4s\"",
      "5:9: until in [[test]] is 4s, before the last of do; write at least 5s"
    ),
    (
      "expect = []\n[[test.input]]\nscore = \"x.y\"\nrows = [[\"0s\", 1]]",
      "5:1: \"score\" in [[test.input]] goes only with an alert or a condition that looks at a score"
    ),
    ("expect = []\n[[test.input]]\nsensor = \"x\"\nrows = [[\"0s\", 1]]", "5:10: sensor"),
    (
      "expect = []\n[[test.input]]\nsensor = \"boiler\"\nrows = [[\"0s\", 1]]",
      "6:9: rows in [[test.input]] is an array; write [\"5s\", …] with 2 numbers"
    ),
    (
      "expect = []\n[[test.input]]\nsensor = \"boiler\"\nrows = [[\"1s\", 1, 1], [\"1s\", 1, 1]]",
      "6:23: rows come in the order of their times"
    ),
  ])
  func `faults name the place and the remedy`(lines: String, start: String) throws {
    try fails(lines, start, of: "field.toml")
  }

  @Test(arguments: [
    (
      "score = \"fall.fell\"\nrows = [[\"0s\", 1]]",
      "5:9: score in [[test.input]] is \"fall.fell\"; write \"fall.fall\"; did you mean \"fall.fall\"?"
    ),
    (
      "score = \"fall.fall\"\nsensor = \"wrist\"\nrows = [[\"0s\", 1]]",
      "6:1: \"score\" and \"sensor\" in [[test.input]] exclude each other; keep one"
    ),
    (
      "score = \"fall.fall\"\nfields = [\"ax\"]\nrows = [[\"0s\", 1]]",
      "6:1: \"fields\" in [[test.input]] goes only with a sensor"
    ),
    (
      "score = \"fall.fall\"\nrecording = \"r.csv\"",
      "6:1: \"recording\" in [[test.input]] goes only with a sensor"
    ),
  ])
  func `a score is one that an alert looks at`(lines: String, start: String) throws {
    try fails("expect = []\n[[test.input]]\n\(lines)", start, of: "score.toml")
  }

  private func fails(_ lines: String, _ start: String, of example: String) throws {
    let configuration = try Configuration.load("\(Self.folder)/\(example)")
    let path = try files.file("t.toml", Array("[[test]]\nname = \"x\"\n\(lines)\n".utf8))
    do throws(ConfigurationError) {
      _ = try AlertTestReader.load(path, for: configuration)
      Issue.record("accepted")
    } catch {
      #expect(error.messages.count == 1)
      #expect(error.messages[0].hasPrefix("\(path):\(start)"), "\(error.messages)")
    }
  }
}
