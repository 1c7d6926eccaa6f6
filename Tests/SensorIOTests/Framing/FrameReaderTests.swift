import Testing

@testable import SensorIO
import TestSupport

/// Goal: good frames are found after any garbage. The pieces in which bytes arrive change nothing.
/// Every byte is counted. A call's work is bounded.
/// Method: seeded random frames and garbage through every framing, whole, byte by byte and in
/// random pieces.
@Suite struct FrameReaderTests {
  static let everyFraming: [FramingSettings] =
    [
      .line(LineSettings()), .line(LineSettings(end: .lf)), .line(LineSettings(end: .crlf)),
      .packet(.lengthPrefixed(prefixBytes: 1, check: FrameCheck(.crc16Modbus))),
      .packet(
        .lengthPrefixed(prefixBytes: 2, isBigEndian: true, check: FrameCheck(.crc16CCITT))),
      .packet(.lengthPrefixed(prefixBytes: 2, check: nil)),
      .packet(.lengthPrefixed(prefixBytes: 4, check: FrameCheck(.crc32, isBigEndian: true))),
      .packet(.pms5003), .packet(.sds011), .packet(.mhz19), .packet(.ld2410),
      .packet(.witmotion(kind: 0x51)), .packet(.ubx(class: 1, id: 2)),
      .packet(PacketSettings(length: .fixed(7))), .nmea(NMEASettings()),
      .nmea(NMEASettings(requiresChecksum: false)),
    ]
    + [nil, FrameCheck(.crc16Modbus), FrameCheck(.crc32, isBigEndian: true)].flatMap {
      [.cobs($0), .slip($0), .hdlc($0)]
    }

  /// A random content that the framing can carry, as its encoder leaves it.
  static func content(
    _ settings: FramingSettings, _ random: inout SeededGenerator
  ) throws -> [UInt8] {
    switch settings {
    // The bytes are neither LF nor CR: an encoder's payload has no line end.
    case .line: return random.bytes(.random(in: 1...512, using: &random), in: 0x20...0xFF)
    case .nmea: return random.bytes(.random(in: 1...200, using: &random), in: 0x30...0x7E)
    case .cobs, .slip, .hdlc: return random.bytes(.random(in: 1...1024, using: &random))
    case .packet(let packet):
      let around = packet.header + packet.trailer
      let lengths = packet.frameBytes
      let length = Int.random(
        in: max(lengths.lowerBound, around + 1)...lengths.upperBound,
        using: &random)
      // An encoder writes over what the framing has in a content.
      let wire = try FrameEncoder(settings).wire(random.bytes(length - around))
      return Array(wire[packet.header..<wire.count - packet.trailer])
    }
  }

  @Test(arguments: everyFraming)
  func `random frames come back from pieces of any size`(settings: FramingSettings) throws {
    var random = SeededGenerator("round trips, \(settings)")
    var payloads: [[UInt8]] = []
    for _ in 0..<200 { payloads.append(try Self.content(settings, &random)) }
    let wire = try payloads.flatMap { try FrameEncoder(settings).wire($0) }
    if case .packet(let packet) = settings, packet.check == nil, packet.start.isEmpty {
      // Nothing but its place proves a frame.
    } else if case .packet(let packet) = settings, packet.contentBytes.lowerBound < 9 {
      payloads = payloads.filter { content in
        packet.match.allSatisfy {
          $0.at < packet.header || content[$0.at - packet.header] == $0.byte
        }
      }
    }
    for chunk in [.max, 1, Int.random(in: 2...700, using: &random)] {
      let reader = FrameReader(settings)
      #expect(reader.frames(of: wire, chunk: chunk) == payloads, "pieces of \(chunk)")
      #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
      #expect(reader.counters.frames == UInt64(payloads.count))
      #expect(reader.counters.bytes == UInt64(wire.count))
    }
  }

  @Test(arguments: everyFraming)
  func `a caller that stops after any frame gets the others later`(
    settings: FramingSettings
  ) throws {
    var random = SeededGenerator("stops, \(settings)")
    var wire: [UInt8] = []
    for index in 0..<100 {
      wire += try FrameEncoder(settings).wire(try Self.content(settings, &random))
      if index % 9 == 8 { wire.remove(at: wire.count - 3) }
    }
    let expected = FrameReader(settings)
    let frames = expected.frames(of: wire)
    let reader = FrameReader(settings)
    var (found, first): ([[UInt8]], Int) = ([], 0)
    while first < wire.count {
      var left = Int.random(in: 1...5, using: &random)
      let end = min(wire.count, first + Int.random(in: 1...4096, using: &random))
      let held = UInt64(first) - reader.counters.accounted
      first += wire[first..<end].withUnsafeBytes { bytes in
        reader.take(bytes) { frame, framing, bytesLeft in
          found.append(Array(frame))
          #expect(framing == 0 && (0..<bytes.count + Int(held)).contains(bytesLeft))
          left -= 1
          return left > 0
        }
      }
    }
    // Where the last call stopped, held bytes may have answers.
    found += reader.frames(of: [])
    _ = [UInt8]().withUnsafeBytes { none in
      reader.take(none) { frame, _, _ in
        found.append(Array(frame))
        return true
      }
    }
    #expect(found == frames)
    #expect(reader.counters == expected.counters)
  }

  @Test(arguments: everyFraming)
  func `the pieces in which damaged bytes arrive change nothing`(settings: FramingSettings) throws {
    var random = SeededGenerator("slices, \(settings)")
    for joins in [false, true] {
      var wire: [UInt8] = []
      for _ in 0..<40 {
        wire += try FrameEncoder(settings).wire(try Self.content(settings, &random))
        switch Int.random(in: 0..<4, using: &random) {
        case 0: wire[wire.count - 2] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: wire += random.bytes(.random(in: 0...300, using: &random))
        case 2: wire.removeLast()
        default: break
        }
      }
      let whole = FrameReader(settings, discardUntilBoundary: joins)
      let frames = whole.frames(of: wire)
      for most in [1, 3, 40, 3000] {
        let pieces = FrameReader(settings, discardUntilBoundary: joins)
        let found = pieces.tagged(of: wire) { Int.random(in: 1...most, using: &random) }
        #expect(found.map { $0.bytes } == frames, "pieces of up to \(most)")
        #expect(pieces.counters == whole.counters, "pieces of up to \(most)")
        #expect(pieces.faultLatest == whole.faultLatest)
      }
    }
  }

  @Test(arguments: everyFraming)
  func `a stream cut in two at every byte is the same stream`(settings: FramingSettings) throws {
    var random = SeededGenerator("cuts, \(settings)")
    var wire: [UInt8] = []
    for index in 0..<4 {
      wire += try FrameEncoder(settings).wire(try Self.content(settings, &random)).prefix(300)
      if index == 1 { wire += [0x55, 0xAA, 0x24, 0xC0] }
    }
    let whole = FrameReader(settings)
    let frames = whole.frames(of: wire)
    for cut in wire.indices {
      let pieces = FrameReader(settings)
      let found = pieces.frames(of: Array(wire[..<cut])) + pieces.frames(of: Array(wire[cut...]))
      #expect(found == frames && pieces.counters == whole.counters, "cut at \(cut)")
    }
  }

  @Test(arguments: [
    FramingSettings.line(LineSettings()), .cobs(FrameCheck(.crc16CCITT)),
    .slip(FrameCheck(.crc32)), .hdlc(.hdlcDefault),
  ])
  func `good frames among garbage are all found`(settings: FramingSettings) throws {
    var random = SeededGenerator("garbage, \(settings)")
    let marks = (0..<300).map { Array("good \($0)".utf8) }
    let boundary = try FrameEncoder(settings).wire(marks[0]).last!
    var wire: [UInt8] = []
    for mark in marks {
      wire += random.bytes(.random(in: 0...1500, using: &random)) + [boundary]
      wire += try FrameEncoder(settings).wire(mark)
    }
    let frames = FrameReader(settings).frames(of: wire)
    #expect(frames.filter { $0.starts(with: Array("good ".utf8)) } == marks)
  }

  @Test(arguments: everyFraming)
  func `every byte is framed, passed, dropped or held`(settings: FramingSettings) {
    var random = SeededGenerator("counters, \(settings)")
    let reader = FrameReader(settings, discardUntilBoundary: true)
    for _ in 0..<50 {
      let noise = random.bytes(.random(in: 0...3000, using: &random))
      let before = reader.counters
      let delivered = reader.frames(of: noise)
      let now = reader.counters
      #expect(now.bytes - before.bytes == UInt64(noise.count))
      #expect(now.frames - before.frames == UInt64(delivered.count))
      #expect(now.accounted <= now.bytes && (now.accounted < now.bytes) == reader.isMidFrame)
      #expect(delivered.allSatisfy { !$0.isEmpty })
      if Bool.random(using: &random) {
        if Bool.random(using: &random) { reader.reset() } else { reader.pause() }
        #expect(!reader.isMidFrame && reader.counters.accounted == reader.counters.bytes)
      }
    }
  }

  @Test(arguments: everyFraming)
  func `nothing in makes nothing out`(settings: FramingSettings) {
    let reader = FrameReader(settings)
    #expect(reader.frames(of: []).isEmpty)
    reader.reset()
    reader.pause()
    #expect(reader.counters == FrameCounters() && reader.faultBytes.count == 0)
  }

  // MARK: Several framings

  @Test func `each framing of a wire takes what begins with its start`() throws {
    let framings: [FramingSettings] = [
      .nmea(NMEASettings(sentence: "RMC")), .packet(.ubx(class: 1, id: 2)),
      .packet(.witmotion(kind: 0x51)),
    ]
    var random = SeededGenerator("mixed wire")
    var (wire, expected): ([UInt8], [TaggedFrame]) = ([], [])
    for _ in 0..<300 {
      let index = Int.random(in: 0..<3, using: &random)
      // A payload holds the starts of the others.
      let starts = Array("$GPRMC,1*00\r\n".utf8) + [0xB5, 0x62, 0x55, 0x51]
      let payload: [UInt8] =
        switch index {
        case 0: Array("GNRMC,1,".utf8) + random.bytes(9, in: 0x30...0x39)
        case 1: starts + random.bytes(.random(in: 1...40, using: &random))
        default: [0x55, 0x51] + random.bytes(8) + [0]
        }
      let encoded = try FrameEncoder(framings[index]).wire(payload)
      wire += encoded
      expected.append(TaggedFrame(index, index == 2 ? encoded : payload))
      if Int.random(in: 0..<5, using: &random) == 0 {
        // Other kinds of each: nobody asked for them.
        wire += try FrameEncoder(.packet(.ubx(class: 1, id: 3))).wire(starts)
        wire += Array("$GPGSV,1*48\r\n".utf8)
      }
    }
    for most in [1, 20, 5000] {
      let reader = FrameReader(framings)
      #expect(reader.tagged(of: wire) { Int.random(in: 1...most, using: &random) } == expected)
      #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
    }
  }

  // MARK: Bounded work

  @Test func `one call looks at so much, and the rest is the next call's`() {
    // Each byte may begin a frame of 1024 bytes, and each such frame's check is computed.
    let settings = FramingSettings.packet(
      PacketSettings(length: .fixed(1024), check: PacketCheck(.crc16Modbus)))
    let reader = FrameReader(settings)
    let noise = [UInt8](repeating: 7, count: 4096)
    var (first, calls) = (0, 0)
    noise.withUnsafeBytes { bytes in
      while first < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[first...])
        let dropped = reader.counters.bytesDropped
        first += reader.take(rest) { _, _, _ in true }
        calls += 1
        let steps = reader.counters.bytesDropped - dropped
        #expect(steps <= 1 + UInt64(SensorLimits.looksPerCall / 1024))
        #expect(steps > 0, "each call goes on")
      }
    }
    #expect(reader.counters.bytes == 4096 && (40...60).contains(calls))
  }

  @Test(arguments: everyFraming)
  func `a buffer of sound frames is one call's work`(settings: FramingSettings) throws {
    var random = SeededGenerator("one call, \(settings)")
    var wire: [UInt8] = []
    while wire.count < 4096 {
      wire += try FrameEncoder(settings).wire(try Self.content(settings, &random))
    }
    let reader = FrameReader(settings)
    #expect(wire.withUnsafeBytes { reader.take($0) { _, _, _ in true } } == wire.count)
  }

  @Test(arguments: everyFraming)
  func `the memory is counted`(settings: FramingSettings) {
    let count = FrameReader.byteCount(of: [settings])
    #expect((256...16_384).contains(count))
    #expect(FrameReader.byteCount(of: [.nmea(NMEASettings()), .packet(.pms5003)]) < 2048)
  }
}

extension FrameCounters {
  var accounted: UInt64 { bytesFramed + bytesPassed + bytesDropped }
}
