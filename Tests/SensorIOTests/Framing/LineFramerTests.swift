import Testing

@testable import SensorIO
import TestSupport

/// Goal: every line arrives as it was sent, and a line that is too long costs only itself.
/// Method: hand-made lines around each limit, through a reader.
@Suite struct LineFramerTests {
  private static let max = SensorLimits.lineBytesMax

  private static func reader(_ end: LineEnd = .any, joins: Bool = false) -> FrameReader {
    FrameReader(.line(LineSettings(end: end)), discardUntilBoundary: joins)
  }

  private static func text(_ frames: [[UInt8]]) -> [String] {
    frames.map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(
    arguments: [
      (.any, "a\n", ["a"]), (.any, "a\r\nb\n", ["a", "b"]), (.any, "\n\r\n\na\n", ["a"]),
      (.any, "a\rb\r", ["a", "b"]), (.any, "a\n\rb\n\r", ["a", "b"]),
      (.any, "a\r\r\nb\r\r\n", ["a", "b"]), (.any, "no end", []), (.any, "\u{0}\n", ["\u{0}"]),
      (.lf, "a\r\nb\n", ["a", "b"]), (.lf, "\n\r\n\na\n", ["a"]), (.lf, "a\rb\n", ["a\rb"]),
      (.lf, "a\r\r\n", ["a"]), (.lf, "a\n\rb\n\r", ["a", "b"]), (.lf, "a\rb\r", []),
      (.cr, "a\rb\r", ["a", "b"]), (.cr, "a\r\nb\r\n", ["a", "b"]), (.cr, "a\nb\r", ["a\nb"]),
      (.crlf, "a\r\nb\r\n", ["a", "b"]), (.crlf, "a\nb\rc\r\n", ["a\nb\rc"]),
      (.crlf, "\r\n\r\na\r\r\n", ["a\r"]), (.crlf, "a\n", []),
    ] as [(LineEnd, String, [String])])
  func `cuts at the end that is asked for`(end: LineEnd, wire: String, expected: [String]) {
    for chunk in [1, 2, 3, .max] {
      let reader = Self.reader(end)
      let bytes = Array(wire.replacing("\r\n", with: "\r\n").utf8)
      #expect(Self.text(reader.frames(of: bytes, chunk: chunk)) == expected)
      #expect(reader.counters.faults == 0)
    }
  }

  @Test(arguments: [LineEnd.any, .lf, .cr, .crlf], [1, max - 1, max])
  func `a line may be as long as the limit`(end: LineEnd, count: Int) throws {
    let line = [UInt8](repeating: 0x78, count: count)
    let wire = try FrameEncoder(.line(LineSettings(end: end))).wire(line)
    for chunk in [1, 7, .max] {
      #expect(Self.reader(end).frames(of: wire + wire, chunk: chunk) == [line, line])
    }
    #expect(Self.reader(.lf).frames(of: line + [0x0D, 0x0A]) == [line])
  }

  @Test(
    arguments: [LineEnd.any, .lf, .cr, .crlf], [max + 1, max + 2, max + 3, 10 * max])
  func `a line too long is one fault and the next line arrives`(end: LineEnd, count: Int) throws {
    let mark: [UInt8] =
      switch end {
      case .any, .lf: [0x0A]
      case .cr: [0x0D]
      case .crlf: [0x0D, 0x0A]
      }
    let bad = [UInt8](repeating: 0x78, count: count) + mark
    let good = try FrameEncoder(.line(LineSettings(end: end))).wire(Array("1,2".utf8))
    for chunk in [1, 100, .max] {
      let reader = Self.reader(end)
      #expect(Self.text(reader.frames(of: bad + good + good, chunk: chunk)) == ["1,2", "1,2"])
      #expect(reader.counters.payloadsTooLong == 1 && reader.counters.faults == 1)
      #expect(reader.faultLatest == .payloadTooLong(bytes: Self.max + 1))
      #expect(reader.counters.bytesDropped == UInt64(bad.count))
      #expect(reader.faultBytes.count == 48 && reader.faultBytes[47] == 0x78)
    }
  }

  @Test func `the limit is the settings'`() {
    let reader = FrameReader(.line(LineSettings(bytesMax: 16)))
    let lines = [String(repeating: "7", count: 17), String(repeating: "8", count: 16), "9"]
    let wire = Array(lines.map { $0 + "\n" }.joined().utf8)
    #expect(Self.text(reader.frames(of: wire)) == Array(lines.dropFirst()))
    #expect(reader.counters.payloadsTooLong == 1)
    let long = FrameReader(.line(LineSettings(bytesMax: 4096)))
    let most = [UInt8](repeating: 0x31, count: 4096)
    #expect(long.frames(of: most + [10], chunk: 999) == [most])
  }

  @Test func `the rest of a line that began before is discarded`() {
    let reader = Self.reader(joins: true)
    #expect(Self.text(reader.frames(of: Array("23,4\n5,6\n".utf8))) == ["5,6"])
    #expect(reader.counters.bytesDropped == 5)
    #expect(reader.counters.faults == 0)
  }

  @Test func `a reset drops the half line`() {
    let reader = Self.reader()
    _ = reader.frames(of: Array("1,".utf8))
    #expect(reader.isMidFrame)
    reader.reset()
    #expect(!reader.isMidFrame)
    #expect(Self.text(reader.frames(of: Array("3,4\n".utf8))) == ["3,4"])
    #expect(reader.counters.halfFrames == 1 && reader.counters.bytesDropped == 2)
  }

  @Test func `a pause drops the half line and its rest`() {
    let reader = Self.reader()
    _ = reader.frames(of: Array("1\n2".utf8))
    #expect(reader.framesOfPause().isEmpty)
    #expect(Self.text(reader.frames(of: Array("5\n6\n".utf8))) == ["6"])
    #expect(reader.counters.halfFrames == 1 && reader.counters.bytesDropped == 3)
    #expect(reader.counters.faults == 0)
  }

  @Test func `a pause between lines drops nothing`() {
    let reader = Self.reader()
    #expect(Self.text(reader.frames(of: Array("1\r\n".utf8))) == ["1"])
    reader.pause()
    #expect(Self.text(reader.frames(of: Array("2\r\n".utf8))) == ["2"])
    #expect(reader.counters.halfFrames == 0 && reader.counters.bytesDropped == 0)
  }
}
