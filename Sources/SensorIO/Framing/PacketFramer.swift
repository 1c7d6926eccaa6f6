/// Binary frames that are found by their length.
///
///     proof      the marks of start and end, the length's range, the check
///     resync     after a frame without proof, one byte behind its start; a false length swallows
///                nothing
///
/// Where nothing but a range of lengths proves a frame, one that is found by searching is believed
/// only if the next one seems to begin behind it. Where a check of 16 bits does, a sound frame
/// behind a bad one does not wait until the false lengths between them are found out.
struct PacketFramer: Framer {
  /// The marks as little-endian words, and which of their bytes count.
  private let start: UInt64
  private let startCount: Int
  private let end: UInt32
  private let endCount: Int
  private let length: PacketLength
  private let lengths: ClosedRange<Int>
  private let headBytes: Int
  private let check: ChecksumEngine?
  private let checkPlace: PacketCheck
  private let header: Int
  private let trailer: Int
  private let match: [PacketMatch]
  /// Nothing but the length is a proof.
  private let isBare: Bool
  /// Nothing but a check is a proof, and it is a good one.
  private let isChecked: Bool
  /// No sound frame has come since a bad one.
  private var isLost = false
  /// So many bytes from here a bad frame seemed to end: as far as `FaultRun` counts nothing again.
  private var badLeft = 0

  init(_ settings: PacketSettings) {
    precondition(settings.problem == nil)
    start = settings.start.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    startCount = settings.start.count
    end = settings.end.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    endCount = settings.end.count
    length = settings.length
    lengths = settings.frameBytes
    headBytes = settings.headBytes
    check = settings.check.map { ChecksumEngine($0.kind) }
    checkPlace = settings.check ?? PacketCheck(.sum8)
    (header, trailer, match) = (settings.header, settings.trailer, settings.match)
    var isCarried = false
    if case .carried = settings.length { isCarried = true }
    isBare = isCarried && startCount + endCount == 0 && check == nil
    isChecked = startCount == 0 && (settings.check?.kind.byteCount ?? 0) >= 2
  }

  /// A frame, and the head of the next where that is the proof.
  var wireBytesMax: Int { lengths.upperBound + (isBare ? headBytes : 0) }

  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan {
    let bytes = UnsafeRawBufferPointer(bytes)
    guard startCount == 0 || hasStart(bytes) else { return .pass(noise(bytes), .noise) }
    guard bytes.count >= headBytes else { return .open }
    let count = frameBytes(in: bytes, at: 0)
    guard lengths.contains(count) else { return refuse(count, bytes) }
    guard bytes.count >= count else { return soundBehind(bytes) }
    if let fault = fault(in: UnsafeRawBufferPointer(rebasing: bytes[..<count])) {
      isLost = true
      if badLeft == 0 { badLeft = count }
      return .fault(fault, passes: 1, extent: count)
    }
    if isLost && isBare {
      guard bytes.count >= count + headBytes else { return .open }
      guard lengths.contains(frameBytes(in: bytes, at: count)) else {
        return .pass(noise(bytes), .noise)
      }
    }
    (isLost, badLeft) = (false, 0)
    for index in match.indices where bytes[match[index].at] != match[index].byte {
      return .pass(count, .otherKind)
    }
    let content = header..<count - trailer
    return content.isEmpty ? .pass(count, .otherKind) : .frame(content: content, end: count)
  }

  mutating func passed(_ count: Int) { badLeft = max(0, badLeft - count) }

  /// Hot: a sound frame begins here, perhaps of another framing of the wire.
  mutating func foundSound() { (isLost, badLeft) = (false, 0) }

  mutating func reset(joinsMidStream: Bool) {
    (isLost, badLeft) = (joinsMidStream, joinsMidStream ? wireBytesMax : 0)
  }

  /// A pause is a sure boundary.
  mutating func pause(hadBegun: Bool) { (isLost, badLeft) = (false, 0) }

  /// The length of the frame that begins there; its head is there.
  private func frameBytes(in bytes: UnsafeRawBufferPointer, at place: Int) -> Int {
    switch length {
    case .fixed(let count): return count
    case .carried(let at, let byteCount, let isBigEndian, let adds):
      let carried = loadUnsigned(
        bytes, at: place + at, byteCount: byteCount, isBigEndian: isBigEndian)
      // At most 32 bits, and a limit of its own: no wrap.
      return Int(carried) + adds
    }
  }

  /// Whether the first bytes are those of a start, as far as they are there.
  private func hasStart(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for index in 0..<min(startCount, bytes.count)
    where bytes[index] != UInt8(truncatingIfNeeded: start >> UInt64(8 * index)) {
      return false
    }
    return true
  }

  /// A frame that would begin here is not there as a whole. If a sound one begins later in the bad
  /// frame, or behind it, none begins here.
  private func soundBehind(_ bytes: UnsafeRawBufferPointer) -> Scan {
    guard isChecked && isLost && badLeft <= SensorLimits.bytesSearchedAgain else { return .open }
    for place in 1..<max(1, badLeft + 1) {
      guard bytes.count >= place + headBytes else { return .open }
      let count = frameBytes(in: bytes, at: place)
      guard lengths.contains(count), bytes.count >= place + count else { continue }
      let frame = UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
      if fault(in: frame) == nil { return .pass(place, .noise) }
    }
    return .open
  }

  /// The bytes up to the next that may begin a frame; the first does not.
  private func noise(_ bytes: UnsafeRawBufferPointer) -> Int {
    if startCount > 0 {
      let first = UInt8(truncatingIfNeeded: start)
      return bytes.firstIndex(of: first, from: 1) ?? bytes.count
    }
    var next = 1
    while next + headBytes <= bytes.count, !lengths.contains(frameBytes(in: bytes, at: next)) {
      next += 1
    }
    return next
  }

  /// A length that cannot be right: a fault where a frame was due, and noise elsewhere.
  private mutating func refuse(_ count: Int, _ bytes: UnsafeRawBufferPointer) -> Scan {
    if isLost { return .pass(noise(bytes), .noise) }
    (isLost, badLeft) = (true, lengths.lowerBound)
    let content = count - header - trailer
    let fault: FrameError =
      count > lengths.upperBound
      ? .payloadTooLong(bytes: content)
      : content == 0 ? .payloadEmpty : .payloadTooShort(bytes: max(0, content))
    // The frame whose length was hit had at least the least length.
    return .fault(fault, passes: 1, extent: lengths.lowerBound)
  }

  /// What is wrong with a frame that is there as a whole.
  private func fault(in frame: UnsafeRawBufferPointer) -> FrameError? {
    for index in 0..<endCount
    where frame[frame.count - endCount + index]
      != UInt8(truncatingIfNeeded: end >> UInt32(8 * index))
    {
      return .endMissing
    }
    guard let check else { return nil }
    let place = frame.count - checkPlace.trailing - check.kind.byteCount
    let computed = check.value(of: UnsafeRawBufferPointer(rebasing: frame[checkPlace.from..<place]))
    let received = check.kind.stored(in: frame, at: place, isBigEndian: checkPlace.isBigEndian)
    return computed == received
      ? nil : .checksumMismatch(computed: computed, received: received)
  }
}
