import Config
import SensorIO
import System
import Text

/// A sensor of `SensorBench`: the lines that configure it, and what it sends.
struct BenchSender: Sendable {
  let name: String
  private let keys: String
  private let content: Content

  private enum Content: Sendable {
    /// So many bytes that mean anything.
    case random(Int)
    /// A frame of a CAN bus with this identifier.
    case can(UInt32)
    case text(@Sendable (inout SplitMix) -> String)
  }

  static let all = [
    BenchSender(name: "line, csv, 1 field", keys: #"fields = ["a"]"#, content: .text(number)),
    BenchSender(
      name: "line, csv, 6 fields", keys: #"fields = ["a", "b", "c", "d", "e", "f"]"#,
      content: .text { random in
        (0..<6).map { _ in number(&random) }.joined(separator: ",")
      }),
    BenchSender(
      name: "line, labels, 2 fields",
      keys: "decode = \"labels\"\n" + #"fields = ["Temp", "Hum"]"#,
      content: .text { "Temp:\(number(&$0)) Hum:\(number(&$0))" }),
    BenchSender(
      name: "line, json, 2 fields", keys: "decode = \"json\"\n" + #"fields = ["t", "h"]"#,
      content: .text { #"{"t":\#(number(&$0)),"h":\#(number(&$0)),"up":1}"# }),
    BenchSender(
      name: "length, crc16, 6 × int16",
      keys: "framing = \"length\"\ntype = \"int16\"\n"
        + #"fields = ["a", "b", "c", "d", "e", "f"]"#,
      content: .random(12)),
    BenchSender(
      name: "sync, PMS5003, 15 fields", keys: #"preset = "pms5003""#, content: .random(32)),
    BenchSender(
      name: "cobs, crc16, 3 × int16",
      keys: "framing = \"cobs\"\ntype = \"int16\"\n" + #"fields = ["a", "b", "c"]"#,
      content: .random(6)),
    BenchSender(
      name: "slip, crc16, 3 × int16",
      keys: "framing = \"slip\"\ntype = \"int16\"\n" + #"fields = ["a", "b", "c"]"#,
      content: .random(6)),
    BenchSender(
      name: "hdlc, crc16, 3 × int16",
      keys: "framing = \"hdlc\"\ntype = \"int16\"\n" + #"fields = ["a", "b", "c"]"#,
      content: .random(6)),
    BenchSender(
      name: "nmea, GGA, 4 fields",
      keys: "framing = \"nmea\"\nsentence = \"GGA\"\n" + #"fields = ["lat", "lon", "alt", "sats"]"#,
      content: .text { random in
        let minutes = 10 + random.next(below: 50)
        return "GPGGA,123519,48\(minutes).038,N,011\(minutes).500,E,1,08,0.9,545.4,M,46.9,M,,"
      }),
    BenchSender(
      name: "ubx, NAV-PVT, 9 fields", keys: #"preset = "ubx-nav-pvt""#, content: .random(92)),
    BenchSender(
      name: "can, 2 signals",
      keys: "framing = \"can\"\nid = \"C9\"\n"
        + #"fields = [{ name = "a", bit = 0, bits = 16 }, { name = "b", bit = 16, bits = 8 }]"#,
      content: .can(0xC9)),
    BenchSender(
      name: "s16le, 1 sample", keys: "decode = \"s16le\"\n" + #"fields = ["v"]"#,
      content: .random(2)),
  ]

  /// From -99.99 to 99.99, as sensors print them.
  private static func number(_ random: inout SplitMix) -> String {
    Decimal.text(Double(random.next(below: 19_999)) / 100 - 99.99, decimals: 2)
  }

  func sensor() throws(Failure) -> SensorSettings {
    let text = "[[sensor]]\nname = \"bench\"\nport = \"stdin\"\n\(keys)\n"
    do throws(ConfigurationError) {
      return try Configuration.parse([ConfigurationSource(file: name, bytes: Array(text.utf8))])
        .sensors[0]
    } catch {
      throw .failed(error.messages.joined(separator: "; "))
    }
  }

  /// So many frames, one behind the other.
  func wire(_ framing: FramingSettings, frames: Int) throws(Failure) -> [UInt8] {
    var random = SplitMix(state: 1)
    let encoder = FrameEncoder(framing)
    var wire: [UInt8] = []
    for _ in 0..<frames {
      let payload = payload(&random)
      do throws(FrameError) {
        try payload.span.withUnsafeBytes { (bytes) throws(FrameError) in
          try encoder.encode(bytes, to: &wire)
        }
      } catch {
        throw .failed("\(name): \(error.message)")
      }
    }
    return wire
  }

  private func payload(_ random: inout SplitMix) -> [UInt8] {
    switch content {
    case .random(let count): return Self.bytes(count, &random)
    case .can(let identifier):
      // linux/can.h `can_frame`
      let head = (0..<4).map { UInt8(truncatingIfNeeded: identifier >> UInt32(8 * $0)) }
      return head + [8, 0, 0, 0] + Self.bytes(8, &random)
    case .text(let text): return Array(text(&random).utf8)
    }
  }

  private static func bytes(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
