import Testing

@testable import SensorIO
import TestSupport

/// Goal: both ways to encode a full block decode to the same bytes; after a zero a new frame always
/// begins.
/// Method: test vectors of the reference implementation, then frames around each limit.
@Suite struct CobsStuffingTests {
  private static let max = SensorLimits.payloadBytesMax
  private static let plain = FramingSettings.cobs(nil)

  private static func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 1, count: count) }

  @Test(arguments: [
    ([0], [1, 1]), ([0, 0], [1, 1, 1]), ([0x11, 0x22, 0, 0x33], [3, 0x11, 0x22, 2, 0x33]),
    ([0x11, 0, 0, 0], [2, 0x11, 1, 1, 1]), (ones(253), [254] + ones(253)),
    (ones(254), [255] + ones(254)), (ones(255), [255] + ones(254) + [2, 1]),
    (ones(254) + [0], [255] + ones(254) + [1, 1]),
  ])
  func `reference vectors, both ways`(payload: [UInt8], encoded: [UInt8]) throws {
    #expect(try FrameEncoder(Self.plain).wire(payload) == encoded + [0])
    #expect(FrameReader(Self.plain).frames(of: encoded + [0]) == [payload])
  }

  @Test func `the textbook's empty block after a full one decodes alike`() {
    let textbook = [255] + Self.ones(254) + [1, 0]
    #expect(FrameReader(Self.plain).frames(of: textbook) == [Self.ones(254)])
  }

  @Test(arguments: [1, 253, 254, 255, 508, max - 1, max])
  func `a payload may be as long as the limit`(count: Int) throws {
    for kind in [nil] + Checksum.allCases {
      for byte: UInt8 in [0, 1, 255] {
        let payload = [UInt8](repeating: byte, count: count)
        let settings = FramingSettings.cobs(kind.map { FrameCheck($0) })
        let wire = try FrameEncoder(settings).wire(payload)
        #expect(!wire.dropLast().contains(0))
        #expect(FrameReader(settings).frames(of: wire) == [payload])
      }
    }
  }

  @Test(arguments: [
    ([5, 1, 2], FrameError.cobsTruncated(missing: 2)), ([255], .cobsTruncated(missing: 254)),
    ([1], .checksumMissing(bytes: 0)), ([2, 9], .checksumMissing(bytes: 1)),
    ([3, 0xFF, 0xFF], .payloadEmpty),
    ([4, 0x41, 1, 1], .checksumMismatch(computed: 0xB915, received: 0x0101)),
    (
      [255] + ones(254) + [255] + ones(254) + [255] + ones(254) + [255] + ones(254) + [12]
        + ones(11),
      .payloadTooLong(bytes: max + 1)
    ),
  ])
  func `names the fault and delivers the frame after it`(bad: [UInt8], fault: FrameError) throws {
    let settings = FramingSettings.cobs(FrameCheck(.crc16CCITT))
    let reader = FrameReader(settings)
    let good = try FrameEncoder(settings).wire([0, 7])
    #expect(reader.frames(of: bad + [0] + good) == [[0, 7]])
    #expect(reader.faultLatest == fault)
    #expect(reader.counters.faults == 1)
    #expect(reader.counters.bytesDropped == UInt64(bad.count + 1))
  }

  @Test func `an empty frame without a checksum is a fault, and repeated zeros are not`() {
    let reader = FrameReader(Self.plain)
    #expect(reader.frames(of: [0, 0, 0, 2, 5, 0, 0]) == [[5]])
    #expect(reader.counters.faults == 0)
    #expect(reader.frames(of: [1, 0]).isEmpty)
    #expect(reader.faultLatest == .payloadEmpty)
  }

  @Test func `the rest of a frame that began before is discarded`() {
    let reader = FrameReader(Self.plain, discardUntilBoundary: true)
    #expect(reader.frames(of: [2, 9, 0, 2, 5, 0]) == [[5]])
    #expect(reader.counters.bytesDropped == 3 && reader.counters.faults == 0)
  }

  @Test func `the fault's bytes are shown as they came`() {
    let reader = FrameReader(.cobs(FrameCheck(.crc16CCITT)))
    #expect(reader.frames(of: [4, 0x41, 1, 1, 0]).isEmpty)
    #expect((0..<reader.faultBytes.count).map { reader.faultBytes[$0] } == [4, 0x41, 1, 1])
  }

  @Test func `after a pause the rest of a half frame is dropped where no check tells`() {
    for (framing, rest) in [(Self.plain, 1), (.cobs(FrameCheck(.crc16CCITT)), 0)] {
      let reader = FrameReader(framing)
      #expect(reader.frames(of: [5, 1]).isEmpty)
      reader.pause()
      #expect(reader.frames(of: [2, 9, 0]).isEmpty)
      #expect(reader.counters.halfFrames == 1)
      #expect(reader.counters.faults == UInt64(1 - rest))
    }
  }
}
