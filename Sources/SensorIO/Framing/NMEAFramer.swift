import Text

/// The sentences of NMEA 0183.
///
///     $ GPGGA , … * 47 CR LF
///
///     frame      what stands between `$` (or `!`) and `*`, all of it printable
///     checksum   exclusive or of that, two hexadecimal digits in either case; the frame ends with
///                them, and line ends are idle
///     resync     the next `$` or `!`, even inside a sentence
///
/// A `$` that at least three letters or digits do not follow is noise, as it stands in binary
/// messages on the same wire.
struct NMEAFramer: Framer {
  private let requiresChecksum: Bool
  private let sentence: [UInt8]?
  /// So many bytes of a sentence are looked at, and that is their exclusive or.
  private var looked = 0
  private var sum: UInt8 = 0

  init(_ settings: NMEASettings) {
    (requiresChecksum, sentence) = (settings.requiresChecksum, settings.sentence)
  }

  /// A sentence, and its checksum.
  var wireBytesMax: Int { SensorLimits.sentenceBytesMax + 3 }

  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan {
    let bytes = UnsafeRawBufferPointer(bytes)
    guard isStart(bytes[0]) else { return between(bytes) }
    var place = max(looked, 1)
    while place < min(bytes.count, SensorLimits.sentenceBytesMax) {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "*"):
        guard place + 2 < bytes.count else {
          looked = place
          return .open
        }
        return checked(bytes, place)
      case .carriageReturn, .lineFeed:
        if requiresChecksum { return bad(.checksumMissing(bytes: place), bytes, place) }
        return sound(bytes, place, end: place)
      case UInt8(ascii: "$"), UInt8(ascii: "!"):
        return bad(.sentenceCut(bytes: place), bytes, place)
      case 0x20...0x7E: sum ^= byte
      default: return bad(.sentenceCut(bytes: place), bytes, place)
      }
      place += 1
    }
    looked = place
    guard place == SensorLimits.sentenceBytesMax else { return .open }
    return bad(.payloadTooLong(bytes: place), bytes, place)
  }

  mutating func passed(_ count: Int) { (looked, sum) = (0, 0) }

  mutating func reset(joinsMidStream: Bool) { (looked, sum) = (0, 0) }

  mutating func pause(hadBegun: Bool) { (looked, sum) = (0, 0) }

  private func isStart(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "$") || byte == UInt8(ascii: "!")
  }

  private func isLineEnd(_ byte: UInt8) -> Bool { byte == .carriageReturn || byte == .lineFeed }

  /// The bytes before the next sentence.
  private func between(_ bytes: UnsafeRawBufferPointer) -> Scan {
    let isIdle = isLineEnd(bytes[0])
    var count = 1
    while count < bytes.count, !isStart(bytes[count]), isLineEnd(bytes[count]) == isIdle {
      count += 1
    }
    return .pass(count, isIdle ? .idle : .noise)
  }

  /// A sentence whose `*` is there, and two bytes behind it.
  private func checked(_ bytes: UnsafeRawBufferPointer, _ star: Int) -> Scan {
    guard let high = digit(bytes[star + 1]), let low = digit(bytes[star + 2]) else {
      return bad(.checksumMissing(bytes: star), bytes, star + 1)
    }
    let received = high << 4 | low
    guard received == sum else {
      return bad(
        .checksumMismatch(computed: UInt32(sum), received: UInt32(received)), bytes, star + 3)
    }
    return sound(bytes, star, end: star + 3)
  }

  private func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x61 + 10
    default: nil
    }
  }

  private func sound(_ bytes: UnsafeRawBufferPointer, _ bodyEnd: Int, end: Int) -> Scan {
    guard bodyEnd > 1, isWanted(bytes, bodyEnd) else { return .pass(end, .otherKind) }
    return .frame(content: 1..<bodyEnd, end: end)
  }

  /// Whether the address, which ends before the first comma, ends with the letters asked for.
  private func isWanted(_ bytes: UnsafeRawBufferPointer, _ bodyEnd: Int) -> Bool {
    guard let sentence else { return true }
    let addressEnd = bytes.firstIndex(of: UInt8(ascii: ","), from: 1, before: bodyEnd) ?? bodyEnd
    let first = addressEnd - sentence.count
    guard first >= 1 else { return false }
    for index in sentence.indices where bytes[first + index] != sentence[index] { return false }
    return true
  }

  /// A sentence that ends before this place without a proof, if it was one.
  private func bad(_ fault: FrameError, _ bytes: UnsafeRawBufferPointer, _ end: Int) -> Scan {
    guard end > 3, isWord(bytes[1]), isWord(bytes[2]), isWord(bytes[3]) else {
      return .pass(end, .noise)
    }
    return .fault(fault, passes: end, extent: end)
  }

  private func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// - Parameter body: printable, without `$`, `!` and `*`.
  static func encode(
    _ body: UnsafeRawBufferPointer, to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !body.isEmpty else { throw .payloadEmpty }
    guard body.count < SensorLimits.sentenceBytesMax - 1 else {
      throw .payloadTooLong(bytes: body.count)
    }
    let reserved: [UInt8] = Array("$!*".utf8)
    precondition(body.allSatisfy { 0x20...0x7E ~= $0 && !reserved.contains($0) })
    let sum = UInt8(truncatingIfNeeded: Checksum.xor8.value(of: body))
    let digits = Array("0123456789ABCDEF".utf8)
    wire.append(UInt8(ascii: "$"))
    wire.append(contentsOf: body)
    wire += [UInt8(ascii: "*"), digits[Int(sum >> 4)], digits[Int(sum & 15)]]
    wire += [.carriageReturn, .lineFeed]
  }
}
