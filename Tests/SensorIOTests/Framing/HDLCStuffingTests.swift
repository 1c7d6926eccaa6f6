import Testing

@testable import SensorIO
import TestSupport

/// Goal: frames may share a flag; one that is corrupt, or that its sender gave up, costs itself.
/// Method: frames by hand with the check sequence of RFC 1662, then frames around each limit.
@Suite struct HDLCStuffingTests {
  private static let framing = FramingSettings.hdlc(.hdlcDefault)
  private static let max = SensorLimits.payloadBytesMax
  /// "123456789" and its check sequence, low byte first.
  private static let digits = Array("123456789".utf8) + [0x6E, 0x90]

  @Test func `flags stand between frames, one or more`() {
    let payload = Array("123456789".utf8)
    let reader = FrameReader(Self.framing)
    let wire = [0x7E] + Self.digits + [0x7E] + Self.digits + [0x7E, 0x7E, 0x7E] + Self.digits
    #expect(reader.frames(of: wire + [0x7E], chunk: 1) == [payload, payload, payload])
    #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
  }

  @Test(
    arguments: [
      ([0x7E], [0x7D, 0x5E]), ([0x7D], [0x7D, 0x5D]), ([1, 0x7E, 2], [1, 0x7D, 0x5E, 2]),
    ]
      as [([UInt8], [UInt8])])
  func `escapes, both ways`(payload: [UInt8], encoded: [UInt8]) throws {
    #expect(try FrameEncoder(.hdlc(nil)).wire(payload) == [0x7E] + encoded + [0x7E])
    #expect(FrameReader(.hdlc(nil)).frames(of: encoded + [0x7E]) == [payload])
    // A sender may escape any byte, as PPP does with control characters.
    #expect(FrameReader(.hdlc(nil)).frames(of: [0x7D, 0x21, 0x7E]) == [[1]])
  }

  @Test(arguments: [1, max - 1, max], [0x01, 0x7D, 0x7E] as [UInt8])
  func `a payload may be as long as the limit`(count: Int, byte: UInt8) throws {
    for kind in [nil] + Checksum.allCases {
      let settings = FramingSettings.hdlc(kind.map { FrameCheck($0) })
      let payload = [UInt8](repeating: byte, count: count)
      let wire = try FrameEncoder(settings).wire(payload)
      #expect(FrameReader(settings).frames(of: wire + wire) == [payload, payload])
    }
  }

  @Test(
    arguments: [
      ([0x31, 0x32, 0x7D], .aborted), ([0x7D], .aborted), ([0x31], .checksumMissing(bytes: 1)),
      ([0, 0], .payloadEmpty), ([0x31, 0, 0], .checksumMismatch(computed: 0xD072, received: 0)),
      ([UInt8](repeating: 1, count: 9 * max), .payloadTooLong(bytes: max + 1)),
    ] as [([UInt8], FrameError)])
  func `names the fault and delivers the frame after it`(bad: [UInt8], fault: FrameError) {
    for chunk in [1, 50, .max] {
      let reader = FrameReader(Self.framing)
      let wire = [0x7E] + bad + [0x7E] + Self.digits + [0x7E]
      #expect(reader.frames(of: wire, chunk: chunk).count == 1)
      #expect(reader.faultLatest == fault && reader.counters.faults == 1)
      #expect(reader.counters.bytesDropped == UInt64(bad.count + 1))
    }
  }

  @Test func `what stands before the first flag is nothing if the stream was joined`() {
    let reader = FrameReader(Self.framing, discardUntilBoundary: true)
    #expect(reader.frames(of: [1, 2, 0x7E] + Self.digits + [0x7E]).count == 1)
    #expect(reader.counters.bytesDropped == 3 && reader.counters.faults == 0)
  }
}
