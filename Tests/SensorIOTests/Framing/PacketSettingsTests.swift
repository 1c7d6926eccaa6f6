import Testing

@testable import SensorIO
import TestSupport

/// Goal: settings that contradict each other are named, and no number of theirs overflows.
/// Method: one wrong thing at a time in sound settings.
@Suite struct PacketSettingsTests {
  private static let sound = PacketSettings(
    start: [1], length: .carried(at: 1, byteCount: 2, isBigEndian: false, adds: 3),
    check: PacketCheck(.crc16Modbus), header: 3, trailer: 2)

  private static func with(_ change: (inout PacketSettings) -> Void) -> PacketSettings {
    var settings = sound
    change(&settings)
    return settings
  }

  private static func carried(at: Int, _ count: Int, adds: Int = 3) -> PacketLength {
    .carried(at: at, byteCount: count, isBigEndian: true, adds: adds)
  }

  private static let mistakes: [(PacketSettings, PacketProblem)] = [
    (with { $0.start = [UInt8](repeating: 1, count: 9) }, .startTooLong(max: 8)),
    (with { $0.end = [UInt8](repeating: 1, count: 5) }, .endTooLong(max: 4)),
    (with { $0.length = carried(at: 1, 3) }, .lengthByteCount(3)),
    (with { $0.length = carried(at: 1, 2, adds: .max) }, .lengthAdds(.max, min: -64, max: 64)),
    (with { $0.length = carried(at: -1, 2) }, .negative),
    (with { $0.header = .max }, .tooLong(bytes: .max, max: 4096)),
    (with { $0.trailer = -1 }, .negative),
    (with { $0.contentBytes = 0...4095 }, .tooLong(bytes: 4100, max: 4096)),
    (with { $0.contentBytes = -1...3 }, .negative),
    (with { $0.length = carried(at: 20, 2) }, .tooShort(bytes: 6, needed: 22)),
    (with { $0.check?.from = 5 }, .tooShort(bytes: 6, needed: 7)),
    (with { $0.check?.trailing = .max }, .tooLong(bytes: .max, max: 4096)),
    (with { $0.match = [PacketMatch(at: 6, byte: 0)] }, .tooShort(bytes: 6, needed: 7)),
    (
      with { $0.match = [PacketMatch](repeating: PacketMatch(at: 0, byte: 1), count: 5) },
      .tooManyMatches(max: 4)
    ),
    (with { $0.length = .fixed(5) }, .tooShort(bytes: 5, needed: 6)),
    (with { $0.length = .fixed(0) }, .tooShort(bytes: 0, needed: 6)),
    (with { $0.length = .fixed(4097) }, .tooLong(bytes: 4097, max: 4096)),
  ]

  @Test(arguments: mistakes.indices)
  func `every mistake is named`(index: Int) {
    let (settings, problem) = Self.mistakes[index]
    #expect(settings.problem == problem)
    expectSentence(problem.message, for: problem)
  }

  /// Two framings of one wire, and whether both get their frames.
  private static let pairs: [(PacketSettings, PacketSettings, Bool)] = {
    let open = PacketSettings(start: [0xAA, 0x55], length: .fixed(8))
    func changed(_ change: (inout PacketSettings) -> Void) -> PacketSettings {
      var settings = open
      change(&settings)
      return settings
    }
    let length = PacketLength.carried(at: 2, byteCount: 1, isBigEndian: false, adds: 3)
    let longer = PacketLength.carried(at: 2, byteCount: 1, isBigEndian: false, adds: 4)
    return [
      (open, changed { $0.length = .fixed(6) }, false),
      (open, changed { ($0.start, $0.length) = ([0xAA], .fixed(6)) }, false),
      (open, changed { $0.start = [0xAA, 0x56] }, true),
      // A frame of both ends at one place.
      (open, changed { $0.check = PacketCheck(.sum8) }, true),
      (open, changed { $0.end = [0x0D] }, true),
      (open, changed { $0.start = [0xAA] }, true),
      (open, changed { ($0.length, $0.check) = (.fixed(6), PacketCheck(.sum8)) }, false),
      (
        changed { $0.check = PacketCheck(.sum8) }, changed { $0.check = PacketCheck(.xor8) }, true
      ),
      (
        changed { $0.match = [PacketMatch(at: 2, byte: 1)] },
        changed { $0.match = [PacketMatch(at: 2, byte: 2)] }, true
      ),
      (changed { ($0.match, $0.length) = ([PacketMatch(at: 2, byte: 1)], .fixed(9)) }, open, false),
      // Known bytes at one place, wherever they are written.
      (
        changed { $0.end = [0x0D, 0x0A] },
        changed { ($0.end, $0.length) = ([0x0B, 0x0A], .fixed(10)) }, false
      ),
      (
        changed { $0.end = [0x0D, 0x0A] },
        changed { ($0.end, $0.length) = ([0x0B, 0x0A], .fixed(7)) }, true
      ),
      (
        .ubx(class: 1, id: 7), PacketSettings(start: [0xB5, 0x62, 5, 1], length: .fixed(12)), true
      ),
      (
        .ubx(class: 1, id: 7), PacketSettings(start: [0xB5, 0x62, 1, 7], length: .fixed(12)), false
      ),
      (
        changed { $0.match = [PacketMatch(at: 7, byte: 1)] },
        changed { ($0.end, $0.length) = ([2, 0], .fixed(9)) }, true
      ),
      (
        changed { ($0.length, $0.contentBytes) = (length, 1...3) },
        changed { ($0.length, $0.contentBytes) = (length, 4...9) }, true
      ),
      (
        changed { ($0.length, $0.contentBytes) = (length, 1...4) },
        changed { ($0.length, $0.contentBytes) = (length, 4...9) }, true
      ),
      // The same number, from which the two make other lengths: 1 to 3, and 6 to 8 or 3 to 5.
      (
        changed { ($0.length, $0.contentBytes) = (length, 4...6) },
        changed { ($0.length, $0.contentBytes, $0.header) = (longer, 1...3, 9) }, true
      ),
      (
        changed { ($0.length, $0.contentBytes) = (length, 4...6) },
        changed { ($0.length, $0.contentBytes, $0.header) = (longer, 1...3, 6) }, false
      ),
      (changed { ($0.length, $0.contentBytes) = (length, 4...6) }, open, false),
      (changed { ($0.length, $0.contentBytes) = (length, 8...8) }, open, true),
    ]
  }()

  @Test(arguments: pairs.indices)
  func `frames that begin alike need more to share a wire`(index: Int) {
    let (one, two, canShare) = Self.pairs[index]
    #expect(one.canShare(with: two) == canShare)
    #expect(two.canShare(with: one) == canShare)
  }

  @Test(arguments: [
    ([0xAA, 0x24], nil, false, true), ([0x24], nil, true, false), ([0x21], nil, true, false),
    ([0x24, 0x41], PacketCheck(.sum8), true, true),
    ([0x24, 0x41], PacketCheck(.sum8), false, false), ([0x24, 0x01], nil, false, true),
  ])
  func `a packet that begins like a sentence needs a check, and so does the sentence`(
    start: [UInt8], check: PacketCheck?, requiresChecksum: Bool, canShare: Bool
  ) {
    let packet = FramingSettings.packet(
      PacketSettings(start: start, length: .fixed(8), check: check))
    let nmea = FramingSettings.nmea(NMEASettings(requiresChecksum: requiresChecksum))
    #expect(packet.canShare(with: nmea) == canShare && nmea.canShare(with: packet) == canShare)
  }

  @Test func `the fields of a sensor narrow a carried length, and no fixed one`() {
    let fixed = FramingSettings.packet(PacketSettings(start: [1], length: .fixed(12)))
    #expect(fixed.narrowed(to: 4...1024) == fixed.narrowed(to: 10...1024))
    let carried = FramingSettings.packet(Self.sound).narrowed(to: 4...20)
    #expect(carried == .packet(Self.with { $0.contentBytes = 4...20 }))
  }

  @Test func `sound settings have none`() {
    #expect(Self.sound.problem == nil)
    #expect(Self.with { $0.contentBytes = 0...4091 }.problem == nil)
    #expect(PacketSettings.lengthPrefixed(prefixBytes: 1, check: nil).contentBytes == 1...255)
  }
}
