import Testing

@testable import Config
import TestSupport

/// Goal: every limit accepts its last value and refuses the next one.
/// Method: documents made with a count or a length, at 0, 1, the most, and one more.
@Suite struct ConfigurationLimitsTests {
  @Test(arguments: [0, 1, 16, 17])
  func `sensors`(count: Int) {
    let tables = (0..<count).map { index in
      """
      [[sensor]]
      name = "s\(index)"
      port = "file:/x"
      fields = [ { name = "x" } ]
      rate = 1

      """
    }
    let expected =
      count > 16
      ? ["edgeagent.toml:82:1: sensor at the top level has 17 elements; write 0 to 16"] : []
    #expect(ConfigurationFaultCase.messages(of: "agent.id = \"a\"\n" + tables.joined()) == expected)
  }

  @Test(arguments: [0, 1, 32, 33])
  func `pipelines`(count: Int) {
    let tables = (0..<count).map {
      "[[pipeline]]\nname = \"p\($0)\"\nsensor = \"s\"\nmodel = \"m\"\n"
    }
    let sensor =
      "sensor = [{ name = \"s\", port = \"stdin\", fields = [{ name = \"x\" }], rate = 1 }]\n"
    let expected =
      count > 32
      ? ["edgeagent.toml:131:1: pipeline at the top level has 33 elements; write 0 to 32"] : []
    #expect(
      ConfigurationFaultCase.messages(of: "agent.id = \"a\"\n\(sensor)" + tables.joined())
        == expected)
  }

  @Test(arguments: [0, 1, 64, 65])
  func `alerts`(count: Int) {
    let tables = (1..<count + 1).map {
      "[[alert]]\nname = \"a\($0)\"\nsource = \"fall.fall\"\nabove = 0.5\n"
    }
    let document = ConfigurationFaultCase.configuration.split(
      separator: "[[alert]]", omittingEmptySubsequences: false)[0]
    let expected =
      count > 64
      ? ["edgeagent.toml:271:1: alert at the top level has 65 elements; write 0 to 64"] : []
    #expect(ConfigurationFaultCase.messages(of: document + tables.joined()) == expected)
  }

  @Test(arguments: [0, 1, 32, 33])
  func `fields`(count: Int) {
    let fields = (0..<count).map { "{ name = \"f\($0)\" }" }.joined(separator: ", ")
    let fault = "edgeagent.toml:7:10: fields in [[sensor]] has \(count) elements; write 1 to 32"
    expect(
      "fields = [ { name = \"ax\", unit = \"g\" } ]", "fields = [ \(fields) ]",
      (1...32).contains(count) ? [] : [fault])
  }

  @Test(arguments: [0, 1, 8, 9])
  func `outputs`(count: Int) {
    let outputs = (0..<count).map { "\"exec:/\($0)\"" }.joined(separator: ", ")
    let fault = "edgeagent.toml:19:11: outputs in [[alert]] has 9 elements; write 0 to 8"
    expect("above = 0.9", "above = 0.9\noutputs = [\(outputs)]", count > 8 ? [fault] : [])
  }

  @Test(arguments: [1, 64, 65])
  func `names`(bytes: Int) {
    let name = String(repeating: "x", count: bytes)
    let shown = String(repeating: "x", count: 60)
    let fault = "is \"\(shown)…\"; write 1 to 64 of A-Z a-z 0-9"
    expect(
      "id = \"ward-7\"", "id = \"\(name)\"",
      bytes > 64
        ? ["edgeagent.toml:2:6: id in [agent] \(fault) . _ -, no dot first, in quotes"] : [])
    expect(
      "name = \"fall\"\nsource", "name = \"\(name)\"\nsource",
      bytes > 64 ? ["edgeagent.toml:16:8: name in [[alert]] \(fault) _ -, in quotes"] : [])
  }

  /// 107 bytes fit a socket's address; the folder before the name counts, too.
  @Test(arguments: [107, 108])
  func `socket paths`(bytes: Int) {
    let path = "/" + String(repeating: "s", count: bytes - 1)
    #expect(
      ConfigurationFaultCase.messages(of: "agent.id = \"a\"\nevents.socket = \"\(path)\"").isEmpty
        == (bytes < 108))
    expectAccepted("port = \"serial:/dev/ttyUSB0\"", "port = \"unix:\(path)\"", bytes < 108)
    let document = "agent.id = \"a\"\nevents.socket = \"\(path.dropFirst(2))\""
    let source = ConfigurationSource(file: "/edgeagent.toml", bytes: Array(document.utf8))
    #expect(ConfigurationFaultCase.messages(of: [source]).isEmpty)
  }

  @Test(arguments: [4095, 4096])
  func `other paths`(bytes: Int) {
    let path = "/" + String(repeating: "s", count: bytes - 1)
    expectAccepted("id = \"ward-7\"", "id = \"w\"\nmodels = \"\(path)\"", bytes < 4096)
    expectAccepted("above = 0.9", "above = 0.9\noutputs = [\"exec:\(path)\"]", bytes < 4096)
    expectAccepted("port = \"serial:/dev/ttyUSB0\"", "port = \"file:\(path)\"", bytes < 4096)
  }

  @Test(arguments: [
    ("memory = \"63KiB\"", false), ("memory = \"64KiB\"", true), ("memory = \"1024MiB\"", true),
    ("memory = \"1048577KiB\"", false), ("cpu = 0", true), ("cpu = 1023", true),
    ("cpu = 1024", false), ("cpu = -1", false),
  ])
  func `memory`(line: String, isAccepted: Bool) {
    expectAccepted("id = \"ward-7\"", "id = \"w\"\n\(line)", isAccepted)
  }

  @Test(arguments: [
    ("deadline = \"999ns\"", false), ("deadline = \"1us\"", true), ("deadline = \"1h\"", true),
    ("deadline = \"3600001ms\"", false), ("late = \"newest\"", true), ("late = \"oldest\"", false),
    ("stride = 0", false), ("stride = 1", true),
    ("stride = 4096", true), ("stride = 4097", false),
  ])
  func `pipeline values`(line: String, isAccepted: Bool) {
    expectAccepted("sensor = \"wrist\"", "sensor = \"wrist\"\n\(line)", isAccepted)
  }

  @Test(arguments: [
    ("stale_after = \"0s\"", true), ("stale_after = \"168h\"", true),
    ("stale_after = \"10081m\"", false), ("baud = 50", true), ("baud = 12000000", true),
    ("baud = 0", false), ("baud = 49", false), ("baud = 12000001", false),
  ])
  func `sensor values`(line: String, isAccepted: Bool) {
    expectAccepted("rate = 50", "rate = 50\n\(line)", isAccepted)
    expectAccepted("rate = 50", "rate = 100000.0", true)
    expectAccepted("rate = 50", "rate = 0.00001", true)
    expectAccepted("rate = 50", "rate = 0.000009", false)
    expectAccepted("rate = 50", "rate = 100000.1", false)
  }

  @Test(arguments: [
    ("votes = \"1 of 1\"", true), ("votes = \"32 of 32\"", true), ("votes = \"33 of 33\"", false),
    ("votes = \"0 of 1\"", false), ("votes = \"2 of 1\"", false), ("hold = \"24h\"", true),
    ("hold = \"1441m\"", false), ("clear_below = 0.9", true), ("clear_below = 1e-300", true),
    ("clear_below = 0", false),
    ("clear_below = 0.9000001", false),
  ])
  func `alert values`(line: String, isAccepted: Bool) {
    expectAccepted("above = 0.9", "above = 0.9\n\(line)", isAccepted)
  }

  /// Twenty faults are reported in order; the rest is counted.
  @Test func `faults`() {
    let keys = (10..<35).map { "zz\($0) = 1\n" }.joined()
    let messages = ConfigurationFaultCase.messages(of: "agent.id = \"a\"\n\(keys)")
    #expect(messages.count == 21)
    #expect(messages.first?.hasPrefix("edgeagent.toml:2:1: unknown key \"zz10\"") == true)
    #expect(messages[19].hasPrefix("edgeagent.toml:21:1: unknown key \"zz29\""))
    #expect(messages[20] == "and 5 more")
  }

  private func expect(_ text: String, _ replacement: String, _ expected: [String]) {
    let document = ConfigurationFaultCase.replaced(
      text, with: replacement, in: ConfigurationFaultCase.configuration)
    #expect(ConfigurationFaultCase.messages(of: document) == expected)
  }

  private func expectAccepted(_ text: String, _ replacement: String, _ isAccepted: Bool) {
    let document = ConfigurationFaultCase.replaced(
      text, with: replacement, in: ConfigurationFaultCase.configuration)
    #expect(
      ConfigurationFaultCase.messages(of: document).isEmpty == isAccepted,
      "\(replacement.prefix(60))")
  }
}
