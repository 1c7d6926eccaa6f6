import Testing

@testable import SensorIO
import TestSupport

/// Goal: every sound sentence arrives, and a broken one costs itself alone.
/// Method: the standard's example and sentences broken by hand, whole and in pieces.
@Suite struct NMEAFramerTests {
  private static let fix =
    "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n"
  private static let ais = "!AIVDM,1,1,,B,177KQJ5000G?tO`K>RA1wUbN0TKH,0*5C\r\n"

  private static func body(_ sentence: String) -> String {
    String(sentence.dropFirst().prefix { $0 != "*" })
  }

  private static func bodies(_ reader: FrameReader, _ wire: String, chunk: Int) -> [String] {
    reader.frames(of: Array(wire.utf8), chunk: chunk).map { String(decoding: $0, as: UTF8.self) }
  }

  private static func sentence(_ body: String) -> String {
    var wire: [UInt8] = []
    Array(body.utf8).withUnsafeBytes {
      try? FrameEncoder(.nmea(NMEASettings())).encode($0, to: &wire)
    }
    return String(decoding: wire, as: UTF8.self)
  }

  @Test(
    arguments: [
      (fix, [body(fix)], 0), (ais, [body(ais)], 0),
      ("$ABC,1*5d\r\n$ABC,1*5D\n$ABC,1*5d", ["ABC,1", "ABC,1", "ABC,1"], 0),
      ("$ABC,2*5D\r\n$ABC,1*5D", ["ABC,1"], 1), ("$ABC,1$ABC,1*5D", ["ABC,1"], 1),
      ("$ABC,1\r\n$ABC,1*5D", ["ABC,1"], 1), ("$ABC,1*5\r\n$ABC,1*5D", ["ABC,1"], 1),
      ("$ABC,1*\r\n$ABC,1*5D", ["ABC,1"], 1), ("$ABC,\u{1},$ABC,1*5D", ["ABC,1"], 1),
      ("$\u{1}$G\r\n$$ABC,1*5D", ["ABC,1"], 0), ("noise\r\n\r\n$ABC,1*5D\r\n", ["ABC,1"], 0),
      ("$*00\r\n$ABC,1*5D", ["ABC,1"], 0),
      ("$ABC" + String(repeating: ",", count: 300) + "$ABC,1*5D", ["ABC,1"], 1),
    ] as [(String, [String], UInt64)])
  func `finds sentences`(wire: String, expected: [String], faults: UInt64) {
    for chunk in [1, 2, 5, .max] {
      let reader = FrameReader(.nmea(NMEASettings()))
      #expect(Self.bodies(reader, wire, chunk: chunk) == expected)
      #expect(reader.counters.faults == faults)
    }
  }

  @Test(
    arguments: [
      ("GPGGA", true), ("GNGGA", true), ("GGA", true), ("GPGGB", false), ("GA", false),
      ("PGGAX", false), ("PUBX", false),
    ])
  func `the last letters of the address choose, whoever talks`(address: String, isWanted: Bool) {
    let reader = FrameReader(.nmea(NMEASettings(sentence: "GGA")))
    let body = "\(address),1,2"
    let found = Self.bodies(reader, Self.sentence(body), chunk: .max)
    #expect(found == (isWanted ? [body] : []))
    #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
    // A sentence that nobody asked for is a fault if it is broken.
    _ = Self.bodies(reader, "$\(address)Z,1*00\r\n", chunk: .max)
    #expect(reader.counters.checksumMismatches == 1)
  }

  @Test func `a checksum may be optional, and has to be right where it is`() {
    let reader = FrameReader(.nmea(NMEASettings(requiresChecksum: false)))
    let wire = "$ABC,1\r\n$ABC,2*00\r\n$ABC,3\n$ABC,1*5D\r\n"
    #expect(Self.bodies(reader, wire, chunk: 3) == ["ABC,1", "ABC,3", "ABC,1"])
    #expect(reader.counters.checksumMismatches == 1 && reader.counters.faults == 1)
  }

  @Test(arguments: [1, 82, 253, 254])
  func `a sentence may be longer than the standard's`(count: Int) throws {
    let framing = FramingSettings.nmea(NMEASettings())
    let body = [UInt8](repeating: 0x41, count: count)
    let wire = try FrameEncoder(framing).wire(body)
    #expect(FrameReader(framing).frames(of: wire + wire, chunk: 100) == [body, body])
  }

  @Test func `the encoder refuses what the framer would`() {
    let encoder = FrameEncoder(.nmea(NMEASettings()))
    #expect(throws: FrameError.payloadEmpty) { try encoder.wire([]) }
    #expect(throws: FrameError.payloadTooLong(bytes: 255)) {
      try encoder.wire([UInt8](repeating: 0x41, count: 255))
    }
  }

  @Test func `a pause drops a half sentence, and the next begins at its start`() {
    let reader = FrameReader(.nmea(NMEASettings()))
    #expect(Self.bodies(reader, "$ABC,", chunk: .max).isEmpty)
    #expect(reader.framesOfPause().isEmpty)
    #expect(Self.bodies(reader, "1*5D\r\n$ABC,1*5D\r\n", chunk: .max) == ["ABC,1"])
    #expect(reader.counters.halfFrames == 1 && reader.counters.faults == 0)
  }
}
