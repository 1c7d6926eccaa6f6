import Testing

@testable import SensorIO
import TestSupport

/// Goal: every content comes back; a bad escape costs its frame, a lost END its two neighbours.
/// Method: the examples of RFC 1055, then frames around each limit.
@Suite struct SlipStuffingTests {
  private static let plain = FramingSettings.slip(nil)
  private static let max = SensorLimits.payloadBytesMax

  @Test(
    arguments: [
      ([1, 2], [1, 2]), ([0xC0], [0xDB, 0xDC]), ([0xDB], [0xDB, 0xDD]),
      ([0xDB, 0xDC, 0xC0, 0xDD], [0xDB, 0xDD, 0xDC, 0xDB, 0xDC, 0xDD]),
    ] as [([UInt8], [UInt8])])
  func `vectors, both ways`(payload: [UInt8], encoded: [UInt8]) throws {
    #expect(try FrameEncoder(Self.plain).wire(payload) == [0xC0] + encoded + [0xC0])
    #expect(FrameReader(Self.plain).frames(of: encoded + [0xC0]) == [payload])
    let reader = FrameReader(Self.plain)
    #expect(reader.frames(of: [0xC0, 0xC0] + encoded + [0xC0, 0xC0], chunk: 1) == [payload])
    #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
  }

  @Test(arguments: [1, max - 1, max], [0x01, 0xC0, 0xDB] as [UInt8])
  func `a payload may be as long as the limit`(count: Int, byte: UInt8) throws {
    for kind in [nil] + Checksum.allCases {
      let settings = FramingSettings.slip(kind.map { FrameCheck($0, isBigEndian: true) })
      let payload = [UInt8](repeating: byte, count: count)
      let wire = try FrameEncoder(settings).wire(payload)
      #expect(FrameReader(settings).frames(of: wire + wire) == [payload, payload])
    }
  }

  @Test(
    arguments: [
      ([1, 0xDB, 0x41, 2], .escapeBroken), ([1, 0xDB], .escapeBroken),
      ([1], .checksumMissing(bytes: 1)), ([0xFF, 0xFF], .payloadEmpty),
      ([0x41, 1, 1], .checksumMismatch(computed: 0xB915, received: 0x0101)),
      ([UInt8](repeating: 1, count: max + 3), .payloadTooLong(bytes: max + 1)),
      ([UInt8](repeating: 1, count: 9 * max), .payloadTooLong(bytes: max + 1)),
    ] as [([UInt8], FrameError)])
  func `names the fault and delivers the frame after it`(bad: [UInt8], fault: FrameError) throws {
    let settings = FramingSettings.slip(FrameCheck(.crc16CCITT))
    let good = try FrameEncoder(settings).wire([0, 7])
    for chunk in [1, 50, .max] {
      let reader = FrameReader(settings)
      #expect(reader.frames(of: bad + good, chunk: chunk) == [[0, 7]])
      #expect(reader.faultLatest == fault)
      #expect(reader.counters.faults == 1)
      #expect(reader.counters.bytesDropped == UInt64(bad.count + 1))
    }
  }

  @Test func `noise before the first END of a stream joined in the middle is nothing`() {
    let reader = FrameReader(Self.plain, discardUntilBoundary: true)
    #expect(reader.frames(of: [0xDB, 9, 0xC0, 5, 0xC0]) == [[5]])
    #expect(reader.counters.bytesDropped == 3 && reader.counters.faults == 0)
  }
}
