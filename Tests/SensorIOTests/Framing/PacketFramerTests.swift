import Testing

@testable import SensorIO
import TestSupport

/// Goal: every fault is named, none costs the frame after it, and a false length swallows nothing.
/// Method: hand-made frames around each limit, each bad one before good ones, whole and in pieces.
@Suite struct PacketFramerTests {
  private static let max = SensorLimits.payloadBytesMax
  private static let good: [UInt8] = [3, 0x0A, 0x00, 0xFF]

  private static func prefixed(
    _ bytes: Int, _ kind: Checksum?, isBigEndian: Bool = false,
    contentBytes: ClosedRange<Int> = 1...max
  ) -> FramingSettings {
    .packet(
      .lengthPrefixed(
        prefixBytes: bytes, isBigEndian: isBigEndian, check: kind.map { FrameCheck($0) },
        contentBytes: contentBytes))
  }

  private func payload(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 & 0xFF) } }

  @Test func `a prefix counts the payload, and each number has its low byte first`() throws {
    let digits = Array("123456789".utf8)
    func wire(_ framing: FramingSettings) throws -> [UInt8] {
      try FrameEncoder(framing).wire(digits)
    }
    #expect(try wire(Self.prefixed(2, .crc16Modbus)) == [9, 0] + digits + [0x37, 0x4B])
    #expect(try wire(Self.prefixed(1, .crc16CCITT)) == [9] + digits + [0xB1, 0x29])
    #expect(try wire(Self.prefixed(4, .crc8)) == [9, 0, 0, 0] + digits + [0xF4])
    #expect(try wire(Self.prefixed(2, nil, isBigEndian: true)) == [0, 9] + digits)
  }

  @Test(arguments: [1, 2, 254, 255, 256, max - 1, max], [nil] + Checksum.allCases)
  func `a payload may be as long as the limit`(count: Int, kind: Checksum?) throws {
    for settings in [Self.prefixed(2, kind), Self.prefixed(4, kind, isBigEndian: true)] {
      let wire = try FrameEncoder(settings).wire(payload(count))
      #expect(FrameReader(settings).frames(of: wire + wire) == [payload(count), payload(count)])
    }
  }

  @Test(arguments: [
    ([0, 0], FrameError.payloadEmpty), ([0x01, 0x04], .payloadTooLong(bytes: max + 1)),
    ([0xFF, 0xFF], .payloadTooLong(bytes: 65_535)), ([1, 0], .payloadTooShort(bytes: 1)),
    ([2, 0, 0x41, 0x41, 0, 0], .checksumMismatch(computed: 0x7B17, received: 0)),
  ])
  func `names the fault and delivers the frames after it`(bad: [UInt8], fault: FrameError) throws {
    let settings = Self.prefixed(2, .crc16CCITT, contentBytes: 2...20)
    let good = try FrameEncoder(settings).wire([7, 8])
    for chunk in [1, 2, .max] {
      let reader = FrameReader(settings)
      #expect(reader.frames(of: bad + good + good, chunk: chunk).prefix(1) == [[7, 8]])
      #expect(reader.faultLatest == fault)
      #expect(reader.counters.faults == 1 && reader.counters.bytesDropped == UInt64(bad.count))
    }
  }

  @Test func `the frames that a false length seemed to hold arrive when it is found out`() throws {
    let settings = Self.prefixed(1, .crc16Modbus)
    let good = try FrameEncoder(settings).wire([1, 2, 3])
    let reader = FrameReader(settings)
    // 200 bytes, a prefix and a check: 33 frames of 6 bytes and 4 bytes of the next.
    #expect(reader.frames(of: [200] + Array(repeating: good, count: 33).joined()).isEmpty)
    let frames = reader.frames(of: good)
    #expect(frames == [[UInt8]](repeating: [1, 2, 3], count: 34))
    #expect(reader.counters.faults == 1 && reader.counters.bytesDropped == 1)
  }

  @Test(arguments: [false, true])
  func `a sound frame behind a bad one waits for no false length`(hasLostByte: Bool) throws {
    let settings = Self.prefixed(1, .crc16Modbus)
    // Each of the digits could be a prefix that claims 48 bytes and more.
    let text = Array("0.500000".utf8)
    let good = try FrameEncoder(settings).wire(text)
    var bad = good
    if hasLostByte { bad.remove(at: 5) } else { bad[bad.count - 1] ^= 0x10 }
    let reader = FrameReader(settings)
    #expect(reader.frames(of: good + bad + good, chunk: 1) == [text, text])
    #expect(reader.counters.faults == 1 && !reader.isMidFrame)
  }

  @Test func `a pause brings to light what a false length seemed to hold`() throws {
    let settings = Self.prefixed(1, .crc16Modbus)
    let good = try FrameEncoder(settings).wire([1, 2, 3])
    let reader = FrameReader(settings)
    #expect(reader.frames(of: [200] + good + good + good.dropLast()).isEmpty)
    #expect(reader.framesOfPause() == [[1, 2, 3], [1, 2, 3]])
    #expect(reader.counters.halfFrames == 1 && reader.counters.faults == 0)
    #expect(reader.frames(of: good) == [[1, 2, 3]])
    #expect(!reader.isMidFrame)
  }

  @Test func `a length that the caller knows to be false is refused at once`() throws {
    let settings = Self.prefixed(1, .crc16Modbus, contentBytes: 3...3)
    let good = try FrameEncoder(settings).wire([1, 2, 3])
    let reader = FrameReader(settings)
    #expect(reader.frames(of: [200] + good) == [[1, 2, 3]])
    #expect(reader.faultLatest == .payloadTooLong(bytes: 200))
  }

  @Test func `without a check, what is found by searching waits for the next one`() throws {
    let settings = Self.prefixed(1, nil, contentBytes: 3...3)
    let reader = FrameReader(settings)
    #expect(reader.frames(of: [3, 1, 2, 3]) == [[1, 2, 3]], "in step it waits for nothing")
    #expect(reader.frames(of: [9, 3, 1, 2, 4]).isEmpty)
    #expect(reader.frames(of: [3]) == [[1, 2, 4]])
    #expect(reader.frames(of: [1, 2, 5, 3, 1, 2, 6]) == [[1, 2, 5], [1, 2, 6]])
    #expect(reader.counters.faults == 1)
  }

  @Test func `a reset and a pause drop the half frame at every step`() {
    for cut in 1..<Self.good.count {
      for pauses in [false, true] {
        let reader = FrameReader(Self.prefixed(1, nil))
        #expect(reader.frames(of: Array(Self.good[..<cut])).isEmpty)
        if pauses { reader.pause() } else { reader.reset() }
        #expect(reader.frames(of: Self.good) == [[0x0A, 0x00, 0xFF]])
        #expect(reader.counters.halfFrames == 1)
        #expect(reader.counters.bytesDropped == UInt64(cut))
      }
    }
  }

  @Test func `frames of a fixed length find their way by a pause or by their check`() {
    let bare = FrameReader(.packet(PacketSettings(length: .fixed(3))))
    #expect(bare.frames(of: [1, 2, 3, 4, 5, 6, 7]) == [[1, 2, 3], [4, 5, 6]])
    bare.pause()
    #expect(bare.frames(of: [1, 2, 3]) == [[1, 2, 3]])
    let checked = FrameReader(
      .packet(PacketSettings(length: .fixed(3), check: PacketCheck(.sum8), trailer: 1)))
    #expect(checked.frames(of: [9, 1, 2, 3, 4, 5, 9]) == [[1, 2], [4, 5]])
    #expect(checked.counters.faults == 1 && checked.counters.bytesDropped == 1)
  }

  private static let marked = PacketSettings(
    start: [0xAA, 0xBB], end: [0xCC], length: .fixed(5), header: 2, trailer: 1)

  @Test(
    arguments: [
      ([1, 2, 0xAA, 0xBB, 5, 6, 0xCC], [[5, 6]], nil),
      ([0xAA, 0xAA, 0xBB, 5, 6, 0xCC], [[5, 6]], nil),
      ([0xAA, 0xBB, 0xAA, 0xBB, 0xCC], [[0xAA, 0xBB]], nil),
      ([0xAA, 0xBB, 0xAA, 0xBB, 5, 6, 0xCC], [[5, 6]], .endMissing),
      ([0xAA, 0xBB, 5, 0xCC, 0xAA, 0xBB, 6, 7, 0xCC], [[6, 7]], .endMissing),
      ([0xAA, 0xBB, 5], [], nil),
    ] as [([UInt8], [[UInt8]], FrameError?)])
  func `marks of start and end prove a frame`(
    wire: [UInt8], frames: [[UInt8]], fault: FrameError?
  ) {
    for chunk in [1, 3, .max] {
      let reader = FrameReader(.packet(Self.marked))
      #expect(reader.frames(of: wire, chunk: chunk) == frames)
      #expect(reader.faultLatest == fault)
      #expect(reader.counters.faults == (fault == nil ? 0 : 1))
    }
  }

  @Test func `a frame whose start was hit is one fault`() {
    let good: [UInt8] = [0xAA, 0xBB, 5, 6, 0xCC]
    for hit: [UInt8] in [[0xAB, 0xBB, 5, 6, 0xCC], [0xBB, 5, 6, 0xCC], [0xAA, 5, 6, 0xCC]] {
      let reader = FrameReader(.packet(Self.marked))
      #expect(reader.frames(of: good + hit + good, chunk: 1) == [[5, 6], [5, 6]])
      #expect(reader.faultLatest == .startMissing(bytes: hit.count))
      #expect(reader.counters.faults == 1 && reader.faultBytes.count > 0)
    }
  }

  @Test func `frames that do not match are passed over whole`() {
    var settings = Self.marked
    settings.match = [PacketMatch(at: 2, byte: 7)]
    let reader = FrameReader(.packet(settings))
    #expect(reader.frames(of: [0xAA, 0xBB, 7, 1, 0xCC, 0xAA, 0xBB, 8, 1, 0xCC]) == [[7, 1]])
    #expect(reader.counters.bytesPassed == 5 && reader.counters.faults == 0)
  }

  @Test func `the encoder refuses what the framer would`() {
    let narrow = FrameEncoder(Self.prefixed(1, nil))
    let wide = FrameEncoder(Self.prefixed(2, nil, contentBytes: 2...Self.max))
    #expect(throws: FrameError.payloadEmpty) { try narrow.wire([]) }
    #expect(throws: FrameError.payloadTooLong(bytes: 256)) { try narrow.wire(payload(256)) }
    #expect(throws: FrameError.payloadTooLong(bytes: 1025)) { try wide.wire(payload(1025)) }
    #expect(throws: FrameError.payloadTooShort(bytes: 1)) { try wide.wire(payload(1)) }
  }
}
