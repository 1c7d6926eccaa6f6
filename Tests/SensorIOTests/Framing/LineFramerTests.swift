import Testing

@testable import SensorIO
import TestSupport

/// Goal: every line arrives as it was sent, and a line that is too long costs only itself.
/// Method: hand-made lines around each limit, through a reader.
@Suite struct LineFramerTests {
  private static let max = SensorLimits.lineBytesMax

  private static func text(_ frames: [[UInt8]]) -> [String] {
    frames.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("a\n", ["a"]), ("a\r\nb\n", ["a", "b"]), ("\n\r\n\na\n", ["a"]), ("a\rb\n", ["a\rb"]),
    ("a\r\r\n", ["a\r"]), ("no end", []), ("\u{0}\n", ["\u{0}"]),
  ])
  func `cuts at LF and drops the CR before it`(wire: String, expected: [String]) {
    let reader = FrameReader(.line)
    #expect(Self.text(reader.frames(of: Array(wire.utf8))) == expected)
    #expect(reader.counters.faults == 0)
  }

  @Test(arguments: [1, max - 1, max])
  func `a line may be as long as the limit`(count: Int) {
    let line = [UInt8](repeating: 0x78, count: count)
    #expect(FrameReader(.line).frames(of: line + [0x0D, 0x0A]) == [line])
  }

  @Test(arguments: [max + 1, max + 2, 10 * max])
  func `a line too long is one fault and the next line arrives`(count: Int) {
    let reader = FrameReader(.line)
    let bad = [UInt8](repeating: 0x78, count: count) + [0x0A]
    #expect(Self.text(reader.frames(of: bad + Array("1,2\n".utf8))) == ["1,2"])
    #expect(reader.counters.payloadsTooLong == 1)
    #expect(reader.faultLatest == .payloadTooLong(bytes: Self.max + 1))
    #expect(reader.counters.bytesDropped == UInt64(bad.count))
  }

  @Test func `a CR that fills the line is held until the next byte tells`() {
    let reader = FrameReader(.line)
    let full = [UInt8](repeating: 0x78, count: Self.max)
    #expect(reader.frames(of: full + [0x0D, 0x78, 0x0A]).isEmpty)
    #expect(reader.counters.payloadsTooLong == 1)
  }

  @Test func `the rest of a line that began before is discarded`() {
    let reader = FrameReader(.line, discardUntilBoundary: true)
    #expect(Self.text(reader.frames(of: Array("23,4\n5,6\n".utf8))) == ["5,6"])
    #expect(reader.counters.bytesDropped == 5)
    #expect(reader.counters.faults == 0)
  }

  @Test func `a reset drops the half line`() {
    let reader = FrameReader(.line)
    _ = reader.frames(of: Array("1,".utf8))
    reader.reset()
    #expect(Self.text(reader.frames(of: Array("3,4\n".utf8))) == ["3,4"])
    #expect(reader.counters.halfFrames == 1 && reader.counters.bytesDropped == 2)
  }
}
