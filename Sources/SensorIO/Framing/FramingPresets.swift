/// The frames of devices that many people have. Each is the framing alone: fields are places in its
/// content, which is the whole frame where a data sheet counts from the frame's first byte.
extension PacketSettings {
  /// Length, payload, check, without a mark of the start. The length counts only the payload.
  ///
  /// - Parameters:
  ///   - prefixBytes: 1, 2 or 4.
  ///   - contentBytes: the lengths of a payload that can be right.
  package static func lengthPrefixed(
    prefixBytes: Int, isBigEndian: Bool = false, check: FrameCheck?,
    contentBytes: ClosedRange<Int> = 1...SensorLimits.payloadBytesMax
  ) -> PacketSettings {
    let checkBytes = check?.kind.byteCount ?? 0
    let longest = prefixBytes == 1 ? min(contentBytes.upperBound, 255) : contentBytes.upperBound
    return PacketSettings(
      length: .carried(
        at: 0, byteCount: prefixBytes, isBigEndian: isBigEndian, adds: prefixBytes + checkBytes),
      check: check.map { PacketCheck($0.kind, isBigEndian: $0.isBigEndian, from: prefixBytes) },
      header: prefixBytes, trailer: checkBytes,
      contentBytes: min(contentBytes.lowerBound, longest)...longest)
  }

  /// Plantower PMS5003, PMS7003, PMSA003: 32 bytes, 42 4D, thirteen words, the sum of all before.
  /// The content is the whole frame. Answers to commands are shorter, and passed over.
  package static let pms5003 = plantower(length: 28)
  /// Plantower PMS3003: the same with nine words.
  package static let pms3003 = plantower(length: 20)
  /// Honeywell HPMA115, in its long form: framed as a PMS5003, with other fields.
  package static let hpma115 = plantower(length: 28)

  /// - Parameter length: what follows the length itself, 20 or 28.
  private static func plantower(length: UInt8) -> PacketSettings {
    PacketSettings(
      start: [0x42, 0x4D], length: .carried(at: 2, byteCount: 2, isBigEndian: true, adds: 4),
      check: PacketCheck(.sum16, isBigEndian: true), contentBytes: 8...Int(length) + 4,
      match: [PacketMatch(at: 2, byte: 0), PacketMatch(at: 3, byte: length)])
  }

  /// Nova SDS011: AA C0, six bytes, their sum, AB. The content is the whole frame; replies to
  /// commands (AA C5) are passed over.
  package static let sds011 = PacketSettings(
    start: [0xAA], end: [0xAB], length: .fixed(10),
    check: PacketCheck(.sum8, from: 2, trailing: 1), match: [PacketMatch(at: 1, byte: 0xC0)])

  /// Winsen MH-Z19 and its kin: FF 86, six bytes, the negated sum of the seven behind FF. The
  /// content is the whole frame; answers to other commands are passed over.
  package static let mhz19 = PacketSettings(
    start: [0xFF], length: .fixed(9), check: PacketCheck(.negatedSum8, from: 1),
    match: [PacketMatch(at: 1, byte: 0x86)])

  /// Hi-Link LD2410: F4 F3 F2 F1, length, data, F8 F7 F6 F5. The content is the data; the device
  /// sends no check. Basic reports have 13 bytes, those of its engineering mode 35 and more.
  package static let ld2410 = PacketSettings(
    start: [0xF4, 0xF3, 0xF2, 0xF1], end: [0xF8, 0xF7, 0xF6, 0xF5],
    length: .carried(at: 4, byteCount: 2, isBigEndian: false, adds: 10), header: 6, trailer: 4,
    contentBytes: 1...64)

  /// WitMotion: 55, the kind, four words, the sum of the ten bytes. The content is the whole frame.
  ///
  /// - Parameter kind: 0x51 acceleration, 0x52 rotation, 0x53 angle; others are passed over.
  package static func witmotion(kind: UInt8) -> PacketSettings {
    PacketSettings(
      start: [0x55], length: .fixed(11), check: PacketCheck(.sum8),
      match: [PacketMatch(at: 1, byte: kind)])
  }

  /// UBX of u-blox receivers: B5 62, class, identifier, length, payload, two sums over all behind
  /// 62. The content is the payload; other messages are passed over.
  ///
  /// 2048 bytes are a raw measurement of 63 satellites, the longest message in common use.
  package static func ubx(class group: UInt8, id: UInt8) -> PacketSettings {
    PacketSettings(
      start: [0xB5, 0x62], length: .carried(at: 4, byteCount: 2, isBigEndian: false, adds: 8),
      check: PacketCheck(.fletcher8, from: 2), header: 6, trailer: 2, contentBytes: 0...2048,
      match: [PacketMatch(at: 2, byte: group), PacketMatch(at: 3, byte: id)])
  }
}
