import Testing

@testable import SensorIO
import TestSupport

/// Goal: good frames are found after any garbage. The pieces in which bytes arrive change nothing.
/// Every byte is counted.
/// Method: seeded random frames and garbage through every framing, whole, byte by byte and in
/// random pieces.
@Suite struct FrameReaderTests {
  private static let everyFraming: [FramingSettings] = [
    .line, .length(prefixBytes: 1, checksum: .crc16Modbus),
    .length(prefixBytes: 2, checksum: .crc16CCITT), .length(prefixBytes: 2, checksum: .none),
    .cobs(checksum: .none), .cobs(checksum: .crc16Modbus), .cobs(checksum: .crc16CCITT),
  ]

  private func payload(_ settings: FramingSettings, _ random: inout SeededGenerator) -> [UInt8] {
    switch settings {
    // The bytes are neither LF nor CR: an encoder's payload has no line end.
    case .line: random.bytes(.random(in: 1...512, using: &random), in: 0x20...0xFF)
    case .length(1, _): random.bytes(.random(in: 1...255, using: &random))
    case .length, .cobs: random.bytes(.random(in: 1...1024, using: &random))
    }
  }

  @Test(arguments: everyFraming)
  func `random frames come back from pieces of any size`(settings: FramingSettings) throws {
    var random = SeededGenerator("round trips, \(settings)")
    let encoder = FrameEncoder(settings)
    let payloads = (0..<200).map { _ in payload(settings, &random) }
    let wire = try payloads.flatMap { try encoder.wire($0) }
    for chunk in [.max, 1, Int.random(in: 2...700, using: &random)] {
      let reader = FrameReader(settings)
      #expect(reader.frames(of: wire, chunk: chunk) == payloads, "pieces of \(chunk)")
      #expect(reader.counters.frames == 200 && reader.counters.faults == 0)
      #expect(reader.counters.bytes == UInt64(wire.count) && reader.counters.bytesDropped == 0)
    }
  }

  @Test(arguments: everyFraming)
  func `a caller that stops after any frame gets the others later`(
    settings: FramingSettings
  ) throws {
    var random = SeededGenerator("stops, \(settings)")
    let encoder = FrameEncoder(settings)
    let payloads = (0..<100).map { _ in payload(settings, &random) }
    let wire = try payloads.flatMap { try encoder.wire($0) }
    let reader = FrameReader(settings)
    var (frames, first): ([[UInt8]], Int) = ([], 0)
    while first < wire.count {
      var left = Int.random(in: 1...5, using: &random)
      let end = min(wire.count, first + Int.random(in: 1...4096, using: &random))
      first += wire[first..<end].withUnsafeBytes { bytes in
        reader.take(bytes) { frame, bytesLeft in
          frames.append(Array(frame))
          #expect((0..<bytes.count).contains(bytesLeft))
          left -= 1
          return left > 0
        }
      }
    }
    #expect(frames == payloads)
    #expect(reader.counters.bytes == UInt64(wire.count) && reader.counters.bytesDropped == 0)
  }

  @Test(arguments: [
    FramingSettings.line, .cobs(checksum: .crc16CCITT), .cobs(checksum: .crc16Modbus),
  ])
  func `good frames among garbage are all found`(settings: FramingSettings) throws {
    var random = SeededGenerator("garbage, \(settings)")
    let encoder = FrameEncoder(settings)
    let boundary: UInt8 = settings == .line ? 0x0A : 0
    let marks = (0..<300).map { Array("good \($0)".utf8) }
    var wire: [UInt8] = []
    for mark in marks {
      wire += random.bytes(.random(in: 0...1500, using: &random)) + [boundary]
      wire += try encoder.wire(mark)
    }
    let whole = FrameReader(settings)
    let frames = whole.frames(of: wire)
    #expect(frames.filter { $0.starts(with: Array("good ".utf8)) } == marks)
    for chunk in [1, Int.random(in: 2...99, using: &random)] {
      let pieces = FrameReader(settings)
      #expect(pieces.frames(of: wire, chunk: chunk) == frames)
      #expect(pieces.counters == whole.counters)
    }
  }

  @Test func `a length framer finds its way after garbage and a pause`() throws {
    let settings = FramingSettings.length(prefixBytes: 2, checksum: .crc16CCITT)
    var random = SeededGenerator("garbage, length")
    let reader = FrameReader(settings)
    let wire = try FrameEncoder(settings).wire([1, 2, 3])
    for _ in 0..<300 {
      _ = reader.frames(of: random.bytes(.random(in: 0...2000, using: &random)))
      reader.reset()
      #expect(reader.frames(of: wire) == [[1, 2, 3]])
    }
  }

  @Test(arguments: everyFraming)
  func `bytes are counted as delivered, dropped or under way`(settings: FramingSettings) {
    var random = SeededGenerator("counters, \(settings)")
    let reader = FrameReader(settings, discardUntilBoundary: true)
    for _ in 0..<50 {
      let noise = random.bytes(.random(in: 0...3000, using: &random))
      let before = reader.counters
      let delivered = reader.frames(of: noise)
      #expect(reader.counters.bytes - before.bytes == UInt64(noise.count))
      #expect(reader.counters.frames - before.frames == UInt64(delivered.count))
      #expect(reader.counters.bytesDropped <= reader.counters.bytes)
      #expect(delivered.allSatisfy { !$0.isEmpty })
      if Bool.random(using: &random) { reader.reset() }
    }
  }

  @Test(arguments: everyFraming)
  func `nothing in makes nothing out`(settings: FramingSettings) {
    let reader = FrameReader(settings)
    #expect(reader.frames(of: []).isEmpty)
    reader.reset()
    #expect(reader.counters == FrameCounters())
  }
}
