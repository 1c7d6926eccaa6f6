import Testing

@testable import SensorIO
import TestSupport

/// Goal: every fault is named, and none costs the frame after it.
/// Method: hand-made frames around each limit, each bad one before a good one.
@Suite struct LengthFramerTests {
  private static let max = SensorLimits.payloadBytesMax
  private static let good: [UInt8] = [3, 0x0A, 0x00, 0xFF]

  private func payload(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 & 0xFF) } }

  @Test func `the layout is length, payload, checksum, each low byte first`() throws {
    let digits = Array("123456789".utf8)
    let modbus = FrameEncoder(.length(prefixBytes: 2, checksum: .crc16Modbus))
    #expect(try modbus.wire(digits) == [9, 0] + digits + [0x37, 0x4B])
    let ccitt = FrameEncoder(.length(prefixBytes: 1, checksum: .crc16CCITT))
    #expect(try ccitt.wire(digits) == [9] + digits + [0xB1, 0x29])
  }

  @Test(arguments: [1, 2, 254, 255, 256, max - 1, max])
  func `a payload may be as long as the limit`(count: Int) throws {
    for checksum in [Checksum.none, .crc16Modbus, .crc16CCITT] {
      let settings = FramingSettings.length(prefixBytes: 2, checksum: checksum)
      let wire = try FrameEncoder(settings).wire(payload(count))
      #expect(FrameReader(settings).frames(of: wire) == [payload(count)])
    }
  }

  @Test(arguments: [
    ([0, 0], FrameError.payloadEmpty), ([0x01, 0x04], .payloadTooLong(bytes: max + 1)),
    ([0xFF, 0xFF], .payloadTooLong(bytes: 65_535)),
    ([1, 0, 0x41, 0, 0], .checksumMismatch(computed: 0xB915, received: 0)),
  ])
  func `names the fault and delivers the frame after it`(bad: [UInt8], fault: FrameError) throws {
    let settings = FramingSettings.length(prefixBytes: 2, checksum: .crc16CCITT)
    let reader = FrameReader(settings)
    let good = try FrameEncoder(settings).wire([7, 8])
    #expect(reader.frames(of: bad + good) == [[7, 8]])
    #expect(reader.faultLatest == fault)
    #expect(reader.counters.faults == 1 && reader.counters.bytesDropped == UInt64(bad.count))
  }

  @Test func `a reset drops the half frame at every step`() {
    for cut in 1..<Self.good.count {
      let reader = FrameReader(.length(prefixBytes: 1, checksum: .none))
      #expect(reader.frames(of: Array(Self.good[..<cut])).isEmpty)
      reader.reset()
      #expect(reader.frames(of: Self.good) == [[0x0A, 0x00, 0xFF]])
      #expect(reader.counters.halfFrames == 1)
      #expect(reader.counters.bytesDropped == UInt64(cut))
    }
  }

  @Test func `the encoder refuses what the framer would`() {
    let narrow = FrameEncoder(.length(prefixBytes: 1, checksum: .none))
    let wide = FrameEncoder(.length(prefixBytes: 2, checksum: .none))
    #expect(throws: FrameError.payloadEmpty) { try narrow.wire([]) }
    #expect(throws: FrameError.payloadTooLong(bytes: 256)) { try narrow.wire(payload(256)) }
    #expect(throws: FrameError.payloadTooLong(bytes: 1025)) { try wire(wide, 1025) }
  }

  private func wire(_ encoder: FrameEncoder, _ count: Int) throws -> [UInt8] {
    try encoder.wire(payload(count))
  }
}
