import Testing

@testable import SensorIO
import TestSupport

/// Goal: frames as the devices' public documents show them are read with the presets' names.
/// Method: published frames, an encoded one of each, and one of each in which a byte is wrong.
@Suite struct FramingPresetsTests {
  private static func reader(_ settings: PacketSettings) -> FrameReader {
    FrameReader(.packet(settings))
  }

  private static let presets: [(PacketSettings, contentBytes: Int)] = [
    (.pms5003, 32), (.pms3003, 24), (.hpma115, 32), (.sds011, 10), (.mhz19, 9), (.ld2410, 13),
    (.witmotion(kind: 0x51), 11), (.ubx(class: 1, id: 2), 28),
  ]

  @Test(arguments: presets.indices)
  func `a frame comes back, and one wrong byte of it is a fault`(index: Int) throws {
    let (settings, count) = Self.presets[index]
    #expect(settings.problem == nil)
    var random = SeededGenerator("preset \(index)")
    let wire = try FrameEncoder(.packet(settings)).wire(random.bytes(count))
    let content = Array(wire[settings.header..<wire.count - settings.trailer])
    let reader = Self.reader(settings)
    #expect(reader.frames(of: wire + wire) == [content, content])
    #expect(reader.counters.faults == 0)
    var bad = wire
    bad[bad.count - 1] ^= 0x10
    #expect(reader.frames(of: wire + bad + wire) == [content, content])
    #expect((1...2).contains(reader.counters.faults))
  }

  @Test func `PMS5003: clean air`() {
    let air: [UInt8] = [0x42, 0x4D, 0, 0x1C] + [UInt8](repeating: 0, count: 24) + [0x97, 0]
    // 42 + 4D + 1C + 97: the check's last byte is the first of the next frame's start.
    let frame = air + [0x01, 0x42]
    #expect(Self.reader(.pms5003).frames(of: frame + frame) == [frame, frame])
    #expect(Self.reader(.hpma115).frames(of: frame) == [frame])
    #expect(Self.reader(.pms3003).frames(of: frame).isEmpty)
  }

  @Test func `PMS5003: an answer to a command is passed over`() {
    // Passive mode: 42 4D 00 04 E1 00, and their sum.
    let reader = Self.reader(.pms5003)
    #expect(reader.frames(of: [0x42, 0x4D, 0, 4, 0xE1, 0, 0x01, 0x74]).isEmpty)
    #expect(reader.counters.bytesPassed == 8 && reader.counters.faults == 0)
  }

  @Test func `SDS011: a measurement, and the reply to a command`() {
    let frame: [UInt8] = [0xAA, 0xC0, 0xD4, 0x04, 0x3A, 0x0A, 0xA1, 0x60, 0x1D, 0xAB]
    let reply: [UInt8] = [0xAA, 0xC5, 0x02, 0x01, 0x01, 0x00, 0xA1, 0x60, 0x05, 0xAB]
    let reader = Self.reader(.sds011)
    #expect(reader.frames(of: reply + frame) == [frame])
    #expect(reader.counters.bytesPassed == 10 && reader.counters.faults == 0)
  }

  @Test func `MH-Z19: a reading, and a checksum of zero`() {
    let frame: [UInt8] = [0xFF, 0x86, 0x02, 0x60, 0x47, 0x00, 0x00, 0x00, 0xD1]
    let zero: [UInt8] = [0xFF, 0x86, 0x02, 0x60, 0x18, 0x00, 0x00, 0x00, 0x00]
    let reader = Self.reader(.mhz19)
    #expect(reader.frames(of: frame + zero + [0xFF] + frame) == [frame, zero, frame])
  }

  @Test func `LD2410: the basic report of its protocol document`() {
    let report: [UInt8] = [2, 0xAA, 2, 0x51, 0, 0, 0, 0, 0x3B, 0, 0, 0x55, 0]
    let frame = [0xF4, 0xF3, 0xF2, 0xF1, 13, 0] + report + [0xF8, 0xF7, 0xF6, 0xF5]
    #expect(Self.reader(.ld2410).frames(of: frame + frame) == [report, report])
  }

  @Test func `WitMotion: the kind that is asked for`() {
    func frame(_ kind: UInt8) -> [UInt8] {
      let body: [UInt8] = [0x55, kind, 1, 2, 3, 4, 5, 6, 7, 8]
      return body + [body.reduce(0, &+)]
    }
    let wire = frame(0x51) + frame(0x52) + frame(0x53) + frame(0x54)
    #expect(Self.reader(.witmotion(kind: 0x52)).frames(of: wire) == [frame(0x52)])
    let three = FrameReader([0x51, 0x52, 0x53].map { .packet(.witmotion(kind: $0)) })
    #expect(three.tagged(of: wire).map { $0.framing } == [0, 1, 2])
    #expect(three.counters.bytesPassed == 11 && three.counters.faults == 0)
  }

  @Test func `UBX: the message that is asked for`() {
    let rate: [UInt8] = [0xFA, 0x00, 0x01, 0x00, 0x01, 0x00]
    let wire = [0xB5, 0x62, 0x06, 0x08, 6, 0] + rate + [0x10, 0x96]
    #expect(Self.reader(.ubx(class: 6, id: 8)).frames(of: wire) == [rate])
    let other = Self.reader(.ubx(class: 1, id: 2))
    #expect(other.frames(of: wire).isEmpty)
    #expect(other.counters.bytesPassed == 14 && other.counters.faults == 0)
  }
}
