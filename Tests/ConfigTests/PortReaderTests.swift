import SensorIO
import TestSupport
import Testing

@testable import Config

/// Goal: where a sensor's bytes come from is what its `port` says, or the fault names the remedy.
@Suite struct PortReaderTests {
  private func configuration(
    _ port: String, _ more: String
  ) throws(ConfigurationError) -> Configuration {
    let text = "[[sensor]]\nname = \"ear\"\nport = \"\(port)\"\nfields = [\"v\"]\n\(more)\n"
    return try Configuration.parse([ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))])
  }

  @Test(arguments: [
    ("Device", PortAddress.sound(card: "Device", device: 0, hertz: 16_000)),
    ("1,3", .sound(card: "1", device: 3, hertz: 16_000)),
  ])
  func `a microphone is a card, and one of its devices`(
    text: String, port: PortAddress
  ) throws {
    let sensor = try configuration("alsa:\(text)", "rate = 16000").sensors[0]
    #expect(sensor.port == port)
    #expect(sensor.decoding == .binary() && sensor.fields[0].type == .int16)
    #expect(sensor.framing == .packet(PacketSettings(length: .fixed(2), contentBytes: 2...2)))
  }

  @Test(arguments: [
    (
      "alsa:Device", "rate = 50",
      "5:8: rate in [[sensor]] is 50; write a whole number from 4000 to 96000"
    ),
    (
      "alsa:Device", "rate = 16000\ndecode = \"csv\"",
      "6:10: decode in [[sensor]] is \"csv\"; write \"s16le\""
    ),
    ("alsa:../etc", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:../etc\"; write"),
    ("alsa:Device,32", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:Device,32\"; write"),
    ("alsa:Device,-1", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:Device,-1\"; write"),
  ])
  func `what is no microphone is refused`(port: String, more: String, message: String) {
    do throws(ConfigurationError) {
      _ = try configuration(port, more)
      Issue.record("it was taken")
    } catch {
      #expect(error.messages.contains { $0.hasPrefix("a.toml:" + message) }, "\(error.messages)")
    }
  }
}
