import SensorIO
import TestSupport
import Testing

@testable import Config

/// Goal: sensors of one port are taken where each gets its frames, and refused with a remedy where
/// one would hide the frames of another. The order in which they stand changes nothing.
/// Method: two sensors of a port, in both orders.
@Suite struct WireSettingsTests {
  private static func sync(_ keys: String, at place: Int = 4) -> String {
    """
    framing = "sync"
    \(keys)
    fields = [ { name = "x", at = \(place), type = "int16" } ]

    """
  }

  private static func nmea(_ keys: String) -> String {
    "framing = \"nmea\"\ndecode = \"csv\"\n\(keys)\nfields = [ { name = \"x\", column = 2 } ]\n"
  }

  private static func configuration(
    _ one: String, _ two: String
  ) throws(ConfigurationError) -> Configuration {
    let text = zip(["a", "b"], [one, two]).map { name, keys in
      "[[sensor]]\nname = \"\(name)\"\nport = \"unix:/run/in.sock\"\nrate = 1\n\(keys)"
    }.joined()
    return try Configuration.parse([ConfigurationSource(file: "a.toml", bytes: Array(text.utf8))])
  }

  private static let ubx =
    "framing = \"ubx\"\nmessage = \"01 07\"\nfields = [ { name = \"x\", at = 4, type = \"int16\" } ]\n"
  private static let start = "start = \"AA 55\"\n"
  private static let modbus = "\nchecksum = \"crc16-modbus\""

  @Test(arguments: [
    // Checks tell them apart.
    (sync(start + "frame_bytes = 64" + modbus), sync(start + "frame_bytes = 8" + modbus)),
    // Bytes at one place do.
    (
      sync(start + "end = \"0D\"\nframe_bytes = 12"), sync(start + "end = \"0E\"\nframe_bytes = 12")
    ),
    (ubx, sync("start = \"B5 62 05 01\"\nframe_bytes = 12")),
    // What is a frame of both goes to both.
    (nmea(""), nmea("sentence = \"GGA\"")),
    (nmea("sentence = \"GGA\""), nmea("sentence = \"GGA\"\nchecksum = \"optional\"")),
    (sync(start + "length_at = 2"), sync(start + "length_at = 2", at: 9)),
    (sync(start + "frame_bytes = 12" + modbus), sync(start + "frame_bytes = 12")),
  ])
  func `sensors of which each gets its frames share a port`(one: String, two: String) throws {
    for sensors in [(one, two), (two, one)] {
      let configuration = try Self.configuration(sensors.0, sensors.1)
      #expect(configuration.wires.map { $0.sensors } == [[0, 1]])
    }
  }

  @Test(arguments: [
    (sync(start + "frame_bytes = 20" + modbus), sync(start + "frame_bytes = 12")),
    (sync(start + "frame_bytes = 20"), sync(start + "length_at = 2")),
    (ubx, sync("start = \"B5 62\"\nframe_bytes = 12")),
    (sync("start = \"24 50\"\nframe_bytes = 12"), nmea("")),
    (sync("start = \"21\"\nframe_bytes = 12"), nmea("")),
    (sync("start = \"24 50\"\nframe_bytes = 12" + modbus), nmea("checksum = \"optional\"")),
  ])
  func `sensors of which one would hide frames of the other are refused`(
    one: String, two: String
  ) {
    for sensors in [(one, two), (two, one)] {
      do throws(ConfigurationError) {
        _ = try Self.configuration(sensors.0, sensors.1)
        Issue.record("they were taken: \(sensors)")
      } catch {
        #expect(error.messages.count == 1)
        #expect(
          error.messages[0].contains(
            "the frames of the two begin alike; write a checksum for both, or a longer start"))
      }
    }
  }

  /// With a check or without one, each gets all frames: they have one framing.
  @Test(arguments: [modbus, ""])
  func `sensors of other fields of one frame have one framing`(check: String) throws {
    let keys = Self.start + "frame_bytes = 12" + check
    let configuration = try Self.configuration(
      Self.sync(keys, at: 2), Self.sync(keys, at: 8))
    #expect(configuration.sensors[0].framing == configuration.sensors[1].framing)
  }
}
