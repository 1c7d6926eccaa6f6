import Testing

@testable import Config
@testable import Text

/// Goal: a device or a socket that two parts of the agent would open is refused, with both places.
/// Method: documents with two users of one thing, and with two things.
@Suite struct DeviceClaimsTests {
  private static let head = """
    agent.id = "a"
    [[sensor]]
    name = "s"
    port = "serial:/dev/ttyUSB0"
    rate = 1
    fields = [{ name = "x" }]

    """
  private static let siren = "[[output]]\nname = \"siren\"\ngpio = \"gpiochip0/17\"\n"
  private static let pager =
    "[[output]]\nname = \"pager\"\nserial = \"/dev/ttyUSB1\"\nraise = \"x\"\n"

  private static func alert(_ outputs: String, _ more: String = "", name: String = "hot") -> String
  {
    """
    [[alert]]
    name = "\(name)"
    source = "sensor:s.x"
    above = 1
    outputs = [\(outputs)]
    \(more)

    """
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

  @Test(arguments: [
    (
      siren + siren.replacing("siren", with: "bell"),
      "12:8: gpio \"/dev/gpiochip0/17\" in [[output]] is already at t.toml:9:8"
    ),
    (
      siren + alert("\"siren\", \"gpio:gpiochip0/17\""),
      "14:21: outputs \"gpio:gpiochip0/17\" in [[alert]] is already at t.toml:9:8"
    ),
    (
      siren + alert("\"siren\"", "escalate_after = \"1m\"\nescalate_to = [\"gpio:gpiochip0/17\"]"),
      "16:16: escalate_to \"gpio:gpiochip0/17\" in [[alert]] is already at t.toml:9:8"
    ),
    (
      alert("\"gpio:gpiochip0/17\"") + alert("\"gpio:/dev/gpiochip0/17\"", name: "hotter"),
      "17:12: outputs \"gpio:/dev/gpiochip0/17\" in [[alert]] is already at t.toml:11:12"
    ),
    (
      pager + pager.replacing("pager", with: "display"),
      "13:10: serial \"/dev/ttyUSB1\" in [[output]] is already at t.toml:9:10"
    ),
    (
      pager.replacing("ttyUSB1", with: "ttyUSB0"),
      "9:10: serial \"/dev/ttyUSB0\" in [[output]] is already at t.toml:4:8"
    ),
    (
      "[control]\nsocket = \"/run/edgeagent/events.sock\"\n",
      "8:10: socket \"/run/edgeagent/events.sock\" in [control] is already at t.toml:1:1"
    ),
  ])
  func `one thing with two users is refused`(text: String, start: String) {
    #expect(messages(text) == ["t.toml:\(start); change or remove one"])
  }

  @Test func `two things have two users, and one output has many alerts`() {
    let bell = Self.siren.replacing("siren", with: "bell").replacing("17", with: "18")
    #expect(
      messages(
        Self.siren + bell + Self.pager
          + Self.alert("\"siren\", \"bell\", \"gpio:gpiochip1/17\"")
          + Self.alert("\"siren\", \"pager\", \"gpio:gpiochip1/17\"", name: "hotter")) == [])
  }
}
