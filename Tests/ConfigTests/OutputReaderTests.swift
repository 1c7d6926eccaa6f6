import Testing

@testable import Config
import TestSupport
@testable import Text

/// Goal: every kind of output is read as it is meant, and what it cannot be is refused.
@Suite struct OutputReaderTests {
  private func load(_ text: String) -> Result<Configuration, ConfigurationError> {
    let head = "[agent]\nid = \"a\"\n"
    do throws(ConfigurationError) {
      return .success(
        try Configuration.parse([
          ConfigurationSource(file: "/etc/e/t.toml", bytes: Array((head + text).utf8))
        ]))
    } catch {
      return .failure(error)
    }
  }

  private func output(_ lines: String) throws -> OutputKind {
    try load("[[output]]\nname = \"o\"\n\(lines)\n").get().outputs[0].kind
  }

  private func messages(_ lines: String) -> [String] {
    guard case .failure(let error) = load("[[output]]\nname = \"o\"\n\(lines)\n") else { return [] }
    return error.messages
  }

  @Test func `a GPIO line`() throws {
    var expected = GPIOSettings(chip: "/dev/gpiochip0", line: 17)
    #expect(try output("gpio = \"gpiochip0/17\"") == .gpio(expected))
    (expected.role, expected.pattern) = (.lamp, .burst)
    (expected.isActiveLow, expected.isFailSafe) = (true, true)
    #expect(
      try output(
        """
        gpio = "/dev/gpiochip0/17"
        shows = "lamp"
        pattern = "burst"
        active_low = true
        fail_safe = true
        """) == .gpio(expected))
  }

  @Test func `a serial line, as text and as bytes`() throws {
    var text = SerialOutputSettings(path: "/dev/ttyUSB1", raise: Array("ON {alert}\r\n".utf8))
    (text.clear, text.baud) = (Array("OFF\r\n".utf8), 115_200)
    #expect(
      try output(
        #"""
        serial = "/dev/ttyUSB1"
        baud = 115200
        raise = "ON {alert}\r\n"
        clear = "OFF\r\n"
        """#) == .serial(text))
    var bytes = SerialOutputSettings(path: "/dev/ttyUSB1", raise: [0xA0, 1, 1, 0xA2])
    (bytes.clear, bytes.isTemplate) = ([0xA0, 1, 0, 0xA1], false)
    #expect(
      try output(
        """
        serial = "/dev/ttyUSB1"
        raise = "hex:A0 01 01 A2"
        clear = "hex:a00100a1"
        """) == .serial(bytes))
  }

  @Test func `a program and a broker`() throws {
    var program = ProgramSettings(path: "/etc/e/siren")
    (program.limitNanoseconds, program.retries) = (30_000_000_000, 3)
    #expect(try output("exec = \"siren\"\nlimit = \"30s\"\nretries = 3") == .exec(program))
    var broker = MQTTSettings(socket: "/run/m.sock", topic: "edgeagent/a")
    #expect(try output("mqtt = \"/run/m.sock\"") == .mqtt(broker))
    (broker.topic, broker.discovery, broker.user) = ("x/y", "homeassistant", "u")
    broker.password = .credential("mqtt")
    #expect(
      try output(
        """
        mqtt = "/run/m.sock"
        topic = "x/y"
        discovery = "homeassistant"
        user = "u"
        password = "credential:mqtt"
        """) == .mqtt(broker))
  }

  @Test(arguments: [
    ("", "3:1: [[output]] lacks what it is; add one of \"gpio\", \"serial\", \"exec\", \"mqtt\""),
    (
      "gpio = \"gpiochip0/1\"\nexec = \"/x\"",
      "6:1: \"gpio\" and \"exec\" in [[output]] exclude each other; keep one"
    ),
    (
      "gpio = \"gpiochip0\"",
      "5:8: gpio in [[output]] is \"gpiochip0\"; write \"gpiochip0/17\": a chip and a line from 0 to "
        + "65535"
    ),
    (
      "gpio = \"gpiochip0/65536\"",
      "5:8: gpio in [[output]] is \"gpiochip0/65536\"; write \"gpiochip0/17\": a chip and a line "
        + "from 0 to 65535"
    ),
    (
      "exec = \"/x\"\nshows = \"lamp\"",
      "6:1: \"shows\" in [[output]] goes only with an output that is gpio; choose that or remove it"
    ),
    (
      "serial = \"/dev/x\"",
      "3:1: [[output]] lacks \"raise\"; add raise = \"ON\\r\\n\" or \"hex:A0 01 01 A2\""
    ),
    (
      "serial = \"/dev/x\"\nraise = \"hex:A0 1\"",
      "6:9: raise in [[output]] is \"hex:A0 1\"; write 1 to 256 bytes as text, or as \"hex:A0 01\""
    ),
    (
      "serial = \"/dev/x\"\nraise = \"{alert} {alert} {alert} {alert} {alert} {alert} {alert} "
        + "{alert}\"",
      "6:9: raise in [[output]] is up to 519 bytes long with names and numbers filled in; "
        + "shorten it to 512"
    ),
    (
      "serial = \"/dev/x\"\nraise = \"x\"\nclear = \"{alert}{alert}{alert}{alert}{alert}"
        + "{alert}{alert}{state}{severity}{value}{episode}\"",
      "7:9: clear in [[output]] is up to 520 bytes long with names and numbers filled in; "
        + "shorten it to 512"
    ),
    (
      "gpio = \"gpiochip0/1\"\nshows = \"relay\"\npattern = \"burst\"",
      "7:1: \"pattern\" in [[output]] goes only with shows = \"siren\" or \"lamp\"; choose that or "
        + "remove it"
    ),
    (
      "mqtt = \"/run/m.sock\"\ntopic = \"a/#\"",
      "6:9: topic in [[output]] is \"a/#\"; write a topic without wildcards such as "
        + "\"edgeagent/pump-7\""
    ),
    (
      "mqtt = \"/run/m.sock\"\npassword = \"/p\"",
      "6:12: \"password\" in [[output]] goes only with a user; choose that or remove it"
    ),
  ])
  func `faults`(lines: String, message: String) {
    #expect(messages(lines) == ["/etc/e/t.toml:\(message)"])
  }

  @Test func `a text for a serial line that just fits is taken`() throws {
    let texts = String(repeating: "{alert}", count: 8)
    let kind = try output("serial = \"/dev/x\"\nraise = \"\(texts)\"")
    guard case .serial(let settings) = kind else {
      Issue.record("no serial line")
      return
    }
    #expect(settings.raise == Array(texts.utf8))
    #expect(messages("serial = \"/dev/x\"\nraise = \"\(texts)!\"").count == 1)
  }

  @Test func `so many programs as may run at once, and no more`() throws {
    func text(_ count: Int) -> String {
      var text = """
        [[sensor]]
        name = "s"
        port = "stdin"
        rate = 1
        fields = [{ name = "x" }]

        """
      for start in stride(from: 0, to: count, by: 8) {
        let outputs = (start..<min(start + 8, count)).map { "\"exec:/p\($0)\"" }
        text += """
          [[alert]]
          name = "a\(start)"
          source = "sensor:s.x"
          above = 1
          outputs = [\(outputs.joined(separator: ", "))]

          """
      }
      return text
    }
    #expect(try load(text(64)).get().outputs.count == 64)
    guard case .failure(let error) = load(text(65)) else {
      Issue.record("accepted")
      return
    }
    #expect(
      error.messages == [
        "/etc/e/t.toml:52:12: 65 outputs are programs; write at most 64: one program may tell many "
          + "alerts, and EDGEAGENT_ALERT names the alert"
      ])
  }

  @Test func `the words of an alert's outputs are taken`() {
    #expect(
      messages("exec = \"/x\"").isEmpty
        && {
          guard case .failure(let error) = load("[[output]]\nname = \"socket\"\nexec = \"/x\"")
          else {
            return false
          }
          return error.messages == [
            "/etc/e/t.toml:4:8: name \"socket\" in [[output]] is taken by the agent; choose another"
          ]
        }())
  }

  @Test func `an alert names outputs, or has them whole`() throws {
    let text = """
      [[sensor]]
      name = "s"
      port = "stdin"
      rate = 1
      fields = [{ name = "x" }]
      [[output]]
      name = "siren"
      exec = "/siren"
      [[alert]]
      name = "a"
      source = "sensor:s.x"
      above = 1
      outputs = ["siren", "gpio:gpiochip1/3", "socket"]
      escalate_after = "1m"
      escalate_to = ["exec:/call"]
      [[alert]]
      name = "b"
      source = "sensor:s.x"
      above = 2
      outputs = ["gpio:gpiochip1/3"]
      """
    let configuration = try load(text).get()
    #expect(
      configuration.outputs.map { $0.name } == [
        "siren", "gpio:gpiochip1/3", "socket", "exec:/call",
      ])
    #expect(configuration.alerts[0].outputs == [0, 1, 2])
    #expect(configuration.alerts[0].escalationOutputs == [3])
    #expect(configuration.alerts[1].outputs == [1])
    guard
      case .failure(let error) = load(
        text.replacing("outputs = [\"siren\"", with: "outputs = [\"sirn\""))
    else {
      Issue.record("accepted")
      return
    }
    #expect(
      error.messages == [
        "/etc/e/t.toml:15:12: outputs in [[alert]] is \"sirn\"; write \"socket\", \"journal\", "
          + "\"exec:/path\", \"gpio:chip/line\" or the name of an [[output]]: \"siren\""
      ])
  }

  @Test func `who may act`() throws {
    let control = try load(
      """
      [control]
      socket = "c.sock"
      read = ["*"]
      operate = ["alice", "group:nurses", "1000"]
      manage = []
      """
    ).get().control
    #expect(control.socket == "/etc/e/c.sock")
    #expect(control.readers == [.everybody] && control.managers == [])
    #expect(control.operators == [.user("alice"), .group("nurses"), .user("1000")])
    guard case .failure(let error) = load("[control]\nread = [\"user:x\"]") else {
      Issue.record("accepted")
      return
    }
    #expect(
      error.messages == [
        "/etc/e/t.toml:4:9: read in [control] is \"user:x\"; write \"*\", a user such as \"alice\", or "
          + "\"group:nurses\""
      ])
  }
}
