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
    #expect(sensor.framing == .packet(PacketSettings(length: .fixed(2))))
  }

  @Test func `a device's fields are its channels, by their names or by what they say`() throws {
    let text = """
      [[sensor]]
      name = "motion"
      port = "iio:accel_3d"
      rate = 12.5
      trigger = "clock"
      fields = ["accel_x", { name = "w", channel = "rot_quaternion[3]", unit = "1", scale = 2 }]
      """
    let sensor = try Configuration.parse([
      ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))
    ]).sensors[0]
    #expect(
      sensor.port
        == .iio(
          IIOSettings(
            device: "accel_3d", channels: ["accel_x", "rot_quaternion[3]"], trigger: "clock",
            hertz: 12.5)))
    #expect(sensor.decoding == .binary())
    // Two values and the time.
    #expect(sensor.framing == .packet(PacketSettings(length: .fixed(24), contentBytes: 24...24)))
    #expect(sensor.clock == ClockSettings(place: .offset(16), nanosecondsPerTick: 1, bits: 64))
    #expect(sensor.fields.map { $0.type } == [.float64, .float64])
    #expect(sensor.fields.map { $0.place } == [nil, nil] && sensor.fields[1].scale == 2)
    let decoder = try SampleDecoder(sensor.decoding, fields: sensor.fields, clock: sensor.clock)
    #expect(decoder.contentBytes == 24...24)
  }

  @Test(arguments: ["accel_x", "accel_y"])
  func `two sensors do not share a device`(channel: String) {
    let text = ["a", "b"].map { name in
      let field = name == "a" ? "accel_x" : channel
      return
        "[[sensor]]\nname = \"\(name)\"\nport = \"iio:adc\"\nrate = 1\nfields = [\"\(field)\"]\n"
    }.joined()
    do throws(ConfigurationError) {
      _ = try Configuration.parse([ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))])
      Issue.record("it was taken")
    } catch {
      #expect(error.messages.contains { $0.hasPrefix("a.toml:8:8: ") }, "\(error.messages)")
    }
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
    ("iio:adc", "", "1:1: [[sensor]] lacks \"rate\""),
    ("iio:adc", "rate = 0", "5:8: rate in [[sensor]] is 0; write a number from 1e-05 to 100000"),
    ("iio:", "rate = 1", "3:8: port in [[sensor]] is \"iio:\"; write"),
    (
      "iio:adc", "rate = 1\ndecode = \"binary\"",
      "6:1: \"decode\" in [[sensor]] goes only with a port that is not iio:;"
    ),
    (
      "iio:adc", "rate = 1\nframing = \"cobs\"",
      "6:1: \"framing\" in [[sensor]] goes only with a port that is not iio:;"
    ),
    (
      "iio:adc", "rate = 1\npreset = \"pms5003\"",
      "6:1: \"preset\" in [[sensor]] goes only with a port that is not iio:;"
    ),
    (
      "iio:adc", "rate = 1\nclock = { at = 0, unit = \"ms\" }",
      "6:1: \"clock\" in [[sensor]] goes only with a port that is not iio:;"
    ),
    (
      "iio:adc", "rate = 1\nbaud = 9600",
      "6:1: \"baud\" in [[sensor]] goes only with a port that is serial:;"
    ),
    ("iio:adc", "rate = 1\ntrigger = 1", "6:11: trigger in [[sensor]] is 1; write"),
    (
      "unix:/a", "trigger = \"clock\"",
      "5:1: \"trigger\" in [[sensor]] goes only with a port that is iio:;"
    ),
    ("alsa:../etc", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:../etc\"; write"),
    ("alsa:Device,32", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:Device,32\"; write"),
    ("alsa:Device,-1", "rate = 16000", "3:8: port in [[sensor]] is \"alsa:Device,-1\"; write"),
  ])
  func `what is no microphone and no device is refused`(port: String, more: String, message: String)
  {
    do throws(ConfigurationError) {
      _ = try configuration(port, more)
      Issue.record("it was taken")
    } catch {
      #expect(error.messages.contains { $0.hasPrefix("a.toml:" + message) }, "\(error.messages)")
    }
  }
}
