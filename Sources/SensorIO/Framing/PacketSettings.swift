/// How binary frames are laid out that are found by their length.
///
///     start      0 to 8 bytes that every frame begins with
///     length     fixed, or carried in the frame
///     check      somewhere behind the bytes it covers
///     end        0 to 4 bytes that every frame ends with
///     content    frame[header ..< length − trailer]: what becomes a sample
///
/// Places count from the frame's first byte.
package struct PacketSettings: Equatable, Sendable {
  package var start: [UInt8]
  package var end: [UInt8]
  package var length: PacketLength
  package var check: PacketCheck?
  package var header: Int
  package var trailer: Int
  /// The lengths of a content that can be right; of no meaning where the length is fixed. Where the
  /// sensor's fields are known it is made narrow: a false length is then refused at once.
  package var contentBytes: ClosedRange<Int>
  /// A sound frame without these bytes is of another kind, and passed over whole.
  package var match: [PacketMatch]

  package init(
    start: [UInt8] = [], end: [UInt8] = [], length: PacketLength, check: PacketCheck? = nil,
    header: Int = 0, trailer: Int = 0,
    contentBytes: ClosedRange<Int> = 1...SensorLimits.payloadBytesMax, match: [PacketMatch] = []
  ) {
    (self.start, self.end, self.length, self.check) = (start, end, length, check)
    (self.header, self.trailer) = (header, trailer)
    (self.contentBytes, self.match) = (contentBytes, match)
  }

  /// Whether no frame of the one hides a frame of the other: bytes at the same place, checks or
  /// lengths tell them apart, or both end at one place, and what is a frame of both goes to both.
  func canShare(with other: PacketSettings) -> Bool {
    let differs = knownPlaces.contains { place in
      guard let byte = other.knownByte(at: place) else { return false }
      return byte != knownByte(at: place)
    }
    if differs || check != nil && other.check != nil { return true }
    let (lengths, others) = (frameBytes, other.frameBytes)
    if lengths.count == 1 && lengths == others { return true }
    guard case .carried(let at, let byteCount, let isBigEndian, let adds) = length,
      case .carried(at, byteCount, isBigEndian, let otherAdds) = other.length
    else { return false }
    if adds == otherAdds { return true }
    // The same number, of which each makes a length of its own.
    let numbers = (lengths.lowerBound - adds)...(lengths.upperBound - adds)
    return !numbers.overlaps((others.lowerBound - otherAdds)...(others.upperBound - otherAdds))
  }

  /// Whether no packet hides a sentence, and no sentence a packet. A byte that no sentence has
  /// tells them apart as well.
  func canShare(with nmea: NMEASettings) -> Bool {
    guard start.first == UInt8(ascii: "$") || start.first == UInt8(ascii: "!") else { return true }
    if start.count > 1 && !(0x20...0x7E).contains(start[1]) { return true }
    return check != nil && nmea.requiresChecksum
  }

  /// Where all frames have the same byte.
  private var knownPlaces: [Int] {
    var places = Array(start.indices) + match.map { $0.at }
    if case .fixed(let bytes) = length { places += bytes - end.count..<bytes }
    return places
  }

  /// The byte that all frames have at that place; nil where they have none in common.
  private func knownByte(at place: Int) -> UInt8? {
    if start.indices.contains(place) { return start[place] }
    if let mark = match.first(where: { $0.at == place }) { return mark.byte }
    guard case .fixed(let bytes) = length, (bytes - end.count..<bytes).contains(place) else {
      return nil
    }
    return end[place - (bytes - end.count)]
  }
}

/// The length of a whole frame.
package enum PacketLength: Equatable, Sendable {
  case fixed(Int)
  /// An unsigned number of `byteCount` (1, 2 or 4) bytes; the frame's length is that plus `adds`.
  case carried(at: Int, byteCount: Int, isBigEndian: Bool, adds: Int)
}

/// The check of a packet: it covers frame[from ..< its own place].
package struct PacketCheck: Equatable, Sendable {
  package var kind: Checksum
  package var isBigEndian: Bool
  package var from: Int
  /// The bytes between the check and the frame's end.
  package var trailing: Int

  package init(_ kind: Checksum, isBigEndian: Bool = false, from: Int = 0, trailing: Int = 0) {
    (self.kind, self.isBigEndian, self.from, self.trailing) = (kind, isBigEndian, from, trailing)
  }
}

package struct PacketMatch: Equatable, Sendable {
  package var at: Int
  package var byte: UInt8

  package init(at: Int, byte: UInt8) { (self.at, self.byte) = (at, byte) }
}

/// Why settings of a packet contradict each other. A reader takes none with a problem.
package enum PacketProblem: Error, Equatable, Sendable {
  case startTooLong(max: Int)
  case endTooLong(max: Int)
  /// A length of 1, 2 or 4 bytes can be read.
  case lengthByteCount(Int)
  case lengthAdds(Int, min: Int, max: Int)
  /// A place or a count that is below 0.
  case negative
  /// The shortest frame has no room for what the settings put into it.
  case tooShort(bytes: Int, needed: Int)
  case tooLong(bytes: Int, max: Int)
  case tooManyMatches(max: Int)
}

extension PacketSettings {
  /// The bytes from which a frame's length can be told.
  var headBytes: Int {
    switch length {
    case .fixed: start.count
    case .carried(let place, let byteCount, _, _): max(start.count, place + byteCount)
    }
  }

  /// The lengths of a whole frame that can be right.
  var frameBytes: ClosedRange<Int> {
    switch length {
    case .fixed(let bytes): bytes...bytes
    case .carried:
      (header + contentBytes.lowerBound + trailer)...(header + contentBytes.upperBound + trailer)
    }
  }

  /// What is wrong with these settings; nil where nothing is.
  package var problem: PacketProblem? {
    typealias Limits = SensorLimits
    guard start.count <= Limits.startBytesMax else {
      return .startTooLong(max: Limits.startBytesMax)
    }
    guard end.count <= Limits.endBytesMax else { return .endTooLong(max: Limits.endBytesMax) }
    guard match.count <= Limits.matchesMax else { return .tooManyMatches(max: Limits.matchesMax) }
    // Each number before any sum of them.
    var numbers = [header, trailer, contentBytes.lowerBound, contentBytes.upperBound]
    if let check { numbers += [check.from, check.trailing] }
    numbers += match.map { $0.at }
    switch length {
    case .fixed(let bytes): numbers.append(bytes)
    case .carried(let place, let byteCount, _, let adds):
      guard byteCount == 1 || byteCount == 2 || byteCount == 4 else {
        return .lengthByteCount(byteCount)
      }
      guard Limits.lengthAdds.contains(adds) else {
        return .lengthAdds(
          adds, min: Limits.lengthAdds.lowerBound, max: Limits.lengthAdds.upperBound)
      }
      numbers.append(place)
    }
    for number in numbers where number < 0 { return .negative }
    for number in numbers where number > Limits.packetBytesMax {
      return .tooLong(bytes: number, max: Limits.packetBytesMax)
    }
    let (shortest, longest) = (frameBytes.lowerBound, frameBytes.upperBound)
    guard longest <= Limits.packetBytesMax else {
      return .tooLong(bytes: longest, max: Limits.packetBytesMax)
    }
    var needed = max(1, headBytes + end.count, header + trailer)
    if case .fixed = length { needed = max(needed, header + trailer + 1) }
    if let check {
      needed = max(needed, check.from + check.kind.byteCount + check.trailing)
    }
    for match in match { needed = max(needed, match.at + 1) }
    guard shortest >= needed else { return .tooShort(bytes: shortest, needed: needed) }
    return nil
  }
}
