import Testing

@testable import SensorIO
import TestSupport

/// Goal: each framing of a wire gets its frames, also where frames of several begin alike, in every
/// order of the framings and in every piece. What is a frame of several goes to each. Damage costs
/// no more than on a wire of one framing, and a call's work stays bounded.
/// Method: seeded random frames of framings that begin with the same bytes, whole, cut at every
/// byte, in random pieces, and with a byte flipped, lost or added at every place. Checks of 32 bits
/// where frames are random, so that no wrong frame seems right.
@Suite struct SharedWireTests {
  private static func sync(
    _ length: Int, _ kind: Checksum? = .crc32, match: [PacketMatch] = []
  ) -> FramingSettings {
    .packet(
      PacketSettings(
        start: [0xAA, 0x55], length: .fixed(length), check: kind.map { PacketCheck($0) },
        trailer: kind?.byteCount ?? 0, match: match))
  }

  /// Frames whose length is in their third byte.
  private static func carried(_ contentBytes: ClosedRange<Int>) -> FramingSettings {
    .packet(
      PacketSettings(
        start: [0xAA, 0x55], length: .carried(at: 2, byteCount: 1, isBigEndian: false, adds: 7),
        check: PacketCheck(.crc32), header: 3, trailer: 4, contentBytes: contentBytes))
  }

  struct Wire: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let framings: [FramingSettings]
  }

  /// Frames that begin alike, and end at other places.
  static let alike: [Wire] = [
    Wire(testDescription: "64, 8", framings: [sync(64), sync(8)]),
    Wire(testDescription: "8, 64", framings: [sync(8), sync(64)]),
    Wire(testDescription: "20, 64, 11, 8", framings: [sync(20), sync(64), sync(11), sync(8)]),
    Wire(testDescription: "carried, 8", framings: [carried(20...40), sync(8)]),
    Wire(testDescription: "8, carried", framings: [sync(8), carried(20...40)]),
    Wire(
      testDescription: "64, sentence, 8",
      framings: [sync(64), .nmea(NMEASettings(sentence: "GGA")), sync(8)]),
    Wire(
      testDescription: "told by a byte, without a check",
      framings: [
        sync(64, nil, match: [PacketMatch(at: 2, byte: 1)]),
        sync(8, nil, match: [PacketMatch(at: 2, byte: 2)]),
      ]),
  ]

  /// A frame of the framing: its bytes on the wire, and what it carries.
  private static func frame(
    _ framing: FramingSettings, _ random: inout SeededGenerator
  ) throws -> (wire: [UInt8], content: [UInt8]) {
    var content: [UInt8]
    if case .packet = framing {
      content = try FrameReaderTests.content(framing, &random)
    } else {
      content = Array("GPGGA,".utf8) + random.bytes(9, in: 0x30...0x39)
    }
    if case .packet(let packet) = framing, let mark = packet.match.first {
      content[mark.at] = mark.byte
    }
    return (try FrameEncoder(framing).wire(content), content)
  }

  private static func stream(
    _ wire: Wire, _ count: Int, _ random: inout SeededGenerator
  ) throws -> (frames: [[UInt8]], expected: [TaggedFrame]) {
    var (frames, expected): ([[UInt8]], [TaggedFrame]) = ([], [])
    for _ in 0..<count {
      let index = Int.random(in: wire.framings.indices, using: &random)
      let frame = try Self.frame(wire.framings[index], &random)
      frames.append(frame.wire)
      expected.append(TaggedFrame(index, frame.content))
    }
    return (frames, expected)
  }

  // MARK: Frames that begin alike

  @Test(arguments: alike)
  func `each framing gets its frames, in pieces of any size`(wire: Wire) throws {
    var random = SeededGenerator("alike, \(wire.testDescription)")
    let (frames, expected) = try Self.stream(wire, 300, &random)
    for most in [1, 3, 20, 200, 5000] {
      let reader = FrameReader(wire.framings)
      let found = reader.tagged(of: frames.flatMap { $0 }) {
        Int.random(in: 1...most, using: &random)
      }
      #expect(found == expected, "pieces of up to \(most)")
      #expect(reader.counters.faults == 0 && reader.counters.bytesDropped == 0)
      #expect(reader.counters.frames == 300 && !reader.isMidFrame)
    }
  }

  @Test(arguments: alike)
  func `a frame does not wait for a longer one`(wire: Wire) throws {
    var random = SeededGenerator("at once, \(wire.testDescription)")
    let (frames, expected) = try Self.stream(wire, 60, &random)
    let reader = FrameReader(wire.framings)
    for (frame, tagged) in zip(frames, expected) {
      #expect(reader.tagged(of: frame) == [tagged])
    }
  }

  @Test(arguments: alike)
  func `a stream cut in two at every byte is the same stream`(wire: Wire) throws {
    var random = SeededGenerator("cuts of alike, \(wire.testDescription)")
    var bytes = try Self.stream(wire, 12, &random).frames.flatMap { $0 }
    bytes += [0xAA, 0x55, 0x02, 0xAA, 0x24, 0xAA, 0x55]
    bytes += try Self.stream(wire, 12, &random).frames.flatMap { $0 }
    let whole = FrameReader(wire.framings)
    let frames = whole.tagged(of: bytes)
    for cut in bytes.indices {
      let pieces = FrameReader(wire.framings)
      let found = pieces.tagged(of: Array(bytes[..<cut])) + pieces.tagged(of: Array(bytes[cut...]))
      #expect(found == frames && pieces.counters == whole.counters, "cut at \(cut)")
    }
  }

  @Test(arguments: alike)
  func `the pieces in which damaged bytes arrive change nothing`(wire: Wire) throws {
    var random = SeededGenerator("slices of alike, \(wire.testDescription)")
    for joins in [false, true] {
      var bytes: [UInt8] = []
      for var frame in try Self.stream(wire, 60, &random).frames {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: frame[frame.count - 2] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: frame += random.bytes(.random(in: 0...100, using: &random)) + [0xAA, 0x55]
        case 2: frame.removeLast()
        default: break
        }
        bytes += frame
      }
      let whole = FrameReader(wire.framings, discardUntilBoundary: joins)
      let frames = whole.tagged(of: bytes)
      for most in [1, 3, 40, 3000] {
        let pieces = FrameReader(wire.framings, discardUntilBoundary: joins)
        let found = pieces.tagged(of: bytes) { Int.random(in: 1...most, using: &random) }
        #expect(found == frames, "pieces of up to \(most)")
        #expect(pieces.counters == whole.counters, "pieces of up to \(most)")
        #expect(pieces.faultLatest == whole.faultLatest)
      }
    }
  }

  private enum Damage: CaseIterable { case flip, loss, addition }

  /// Without a check a wrong frame is a frame, so the last wire is not damaged.
  @Test(arguments: alike.dropLast())
  func `damage costs the frame it hit and at most the one after`(wire: Wire) throws {
    var random = SeededGenerator("damage of alike, \(wire.testDescription)")
    let (frames, expected) = try Self.stream(wire, 24, &random)
    let hit = frames[..<8].reduce(0) { $0 + $1.count }
    let behind = hit + frames[8..<14].reduce(0) { $0 + $1.count }
    for damage in Damage.allCases {
      for place in hit..<behind {
        var bytes = frames.flatMap { $0 }
        switch damage {
        case .flip: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .loss: bytes.remove(at: place)
        // A star would end a sentence early, and its sum of 8 bits may be right there.
        case .addition: bytes.insert(UInt8.random(in: 0x2B...0xFF, using: &random), at: place)
        }
        let reader = FrameReader(wire.framings)
        var found = reader.tagged(of: bytes) { Int.random(in: 1...80, using: &random) }
        reader.pause { found.append(TaggedFrame($1, Array($0))) }
        var next = 0
        // In order, and nothing that was not sent.
        for frame in found {
          while next < expected.count, expected[next] != frame { next += 1 }
          next += 1
        }
        #expect(next <= expected.count, "\(damage) at \(place) invented a frame")
        #expect(expected.count - found.count <= 2, "\(damage) at \(place)")
        #expect(reader.counters.faults + reader.counters.brokenByPause <= 3)
      }
    }
  }

  // MARK: Pauses

  /// A bad frame that may have begun a longer one keeps the next ones back, until a pause at most.
  @Test(arguments: [[64, 8], [8, 64]])
  func `a pause gives the frames behind a bad one`(lengths: [Int]) throws {
    var random = SeededGenerator("pause, \(lengths)")
    let framings = lengths.map { Self.sync($0) }
    let short = try (0..<3).map { _ in try Self.frame(Self.sync(8), &random) }
    var bad = short[0].wire
    bad[3] ^= 0x10
    let reader = FrameReader(framings)
    var found = reader.tagged(of: bad + short[1].wire + short[2].wire)
    #expect(found.isEmpty && reader.isMidFrame)
    reader.pause { found.append(TaggedFrame($1, Array($0))) }
    let index = lengths.firstIndex(of: 8)!
    #expect(found == [TaggedFrame(index, short[1].content), TaggedFrame(index, short[2].content)])
    #expect(reader.counters.brokenByPause == 1 && reader.counters.faults == 0)
    #expect(reader.counters.bytesDropped == 8 && reader.counters.bytesFramed == 16)
  }

  @Test(arguments: [[64, 8], [8, 64]])
  func `in a pause a frame of another kind is passed over whole`(lengths: [Int]) throws {
    var random = SeededGenerator("kinds in a pause, \(lengths)")
    let mark = PacketMatch(at: 2, byte: 7)
    let framings = lengths.map { Self.sync($0, match: $0 == 8 ? [mark] : []) }
    let index = lengths.firstIndex(of: 8)!
    let wanted = try Self.frame(framings[index], &random)
    let other = try FrameEncoder(Self.sync(8)).wire([0xAA, 0x55, 6, 0])
    let reader = FrameReader(framings)
    var found = reader.tagged(of: other + wanted.wire)
    reader.pause { found.append(TaggedFrame($1, Array($0))) }
    #expect(found == [TaggedFrame(index, wanted.content)])
    #expect(reader.counters.bytesPassed == 8 && reader.counters.brokenByPause == 0)
  }

  // MARK: Frames of several

  @Test(arguments: [false, true])
  func `a sentence goes to each framing that asks for it`(isReversed: Bool) {
    let every = FramingSettings.nmea(NMEASettings())
    let required = FramingSettings.nmea(NMEASettings(sentence: "GGA"))
    let optional = FramingSettings.nmea(NMEASettings(sentence: "GGA", requiresChecksum: false))
    let framings = isReversed ? [optional, required, every] : [every, required, optional]
    let wire = Array("$GPGGA,1*4B\r\n$GPRMC,1*56\r\n$GPGGA,7\r\n$GPGGA,2*48\r\n".utf8)
    for chunk in 1...wire.count {
      let reader = FrameReader(framings)
      var texts = [[String]](repeating: [], count: 3)
      for frame in reader.tagged(of: wire, size: { chunk }) {
        texts[frame.framing].append(String(decoding: frame.bytes, as: UTF8.self))
      }
      if isReversed { texts.reverse() }
      #expect(texts[0] == ["GPGGA,1", "GPRMC,1", "GPGGA,2"])
      #expect(texts[1] == ["GPGGA,1", "GPGGA,2"])
      #expect(texts[2] == ["GPGGA,1", "GPGGA,7", "GPGGA,2"])
      #expect(reader.counters.frames == 4 && reader.counters.faults == 0)
    }
  }

  @Test(arguments: [false, true])
  func `a frame goes to each framing that its length suits`(isReversed: Bool) throws {
    var random = SeededGenerator("lengths that suit")
    let framings = [Self.carried(4...100), Self.carried(10...100)]
    let used = isReversed ? Array(framings.reversed()) : framings
    let contents = [4, 9, 10, 100].map { random.bytes($0) }
    let wire = try contents.flatMap { try FrameEncoder(framings[0]).wire($0) }
    for chunk in [1, 7, 1000] {
      let reader = FrameReader(used)
      let found = reader.tagged(of: wire) { chunk }
      let shorter = found.filter { ($0.framing == 0) != isReversed }
      let longer = found.filter { ($0.framing == 1) != isReversed }
      #expect(shorter.map { $0.bytes } == contents)
      #expect(longer.map { $0.bytes } == Array(contents[2...]))
      #expect(reader.counters.frames == 4 && reader.counters.faults == 0)
    }
  }

  @Test func `each gets what it takes of a frame, also where the caller stops`() {
    let plain = PacketSettings(start: [0xAA], length: .fixed(6))
    var ended = plain
    (ended.end, ended.header, ended.trailer) = ([0x0D], 1, 1)
    let reader = FrameReader([.packet(plain), .packet(ended)])
    let wire: [UInt8] = [0xAA, 1, 2, 3, 4, 0x0D, 0xAA, 1, 2, 3, 4, 5]
    var found: [TaggedFrame] = []
    let taken = wire.withUnsafeBytes { bytes in
      reader.take(bytes) { frame, framing, bytesLeft in
        found.append(TaggedFrame(framing, Array(frame)))
        #expect(bytesLeft == 6)
        return false
      }
    }
    #expect(found == [TaggedFrame(0, Array(wire[..<6])), TaggedFrame(1, [1, 2, 3, 4])])
    #expect(taken == 6 && reader.counters.frames == 1)
    #expect(reader.tagged(of: Array(wire[6...])) == [TaggedFrame(0, Array(wire[6...]))])
  }

  // MARK: Bounded work

  @Test func `one call looks at so much, of all framings together`() {
    // Each byte may begin a frame of each framing, and each such frame's check is computed.
    let framings = [1024, 900, 800, 700].map {
      FramingSettings.packet(
        PacketSettings(start: [0xAA], length: .fixed($0), check: PacketCheck(.crc16Modbus)))
    }
    let reader = FrameReader(framings)
    let noise = [UInt8](repeating: 0xAA, count: 4096)
    let most = UInt64(SensorLimits.looksPerCall / (1024 + 900 + 800 + 700)) + 1
    var (first, calls) = (0, 0)
    noise.withUnsafeBytes { bytes in
      while first < bytes.count, calls < 1000 {
        let dropped = reader.counters.bytesDropped
        first += reader.take(UnsafeRawBufferPointer(rebasing: bytes[first...])) { _, _, _ in true }
        calls += 1
        let steps = reader.counters.bytesDropped - dropped
        #expect(steps <= most)
      }
    }
    #expect(reader.counters.bytes == 4096 && calls < 400)
    let held = reader.counters.bytesDropped
    reader.pause()
    #expect(!reader.isMidFrame && reader.counters.bytesDropped > held)
  }
}
