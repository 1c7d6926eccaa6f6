/// Finds packets by their marks, their lengths and their checksums.
///
/// It proposes framings from what comes again and again. Whether one is right, the framer says, on
/// all bytes.
struct PacketFinder {
  private let capture: WireCapture
  private let bytes: [UInt8]
  /// Where a frame is likely to begin: behind a silence.
  private let burstStarts: [Int]

  init(_ capture: WireCapture) {
    self.capture = capture.prefix(FindingLimits.trialBytesMax)
    bytes = self.capture.bytes
    burstStarts = self.capture.bursts.dropFirst().map { $0.lowerBound }
  }

  /// Proposals with a mark of the start, best first.
  func marked() -> [PacketSettings] {
    var proposals: [(packet: PacketSettings, share: Double)] = []
    for mark in marks() {
      let places = places(of: mark)
      for packet in fixed(mark, places) + carried(mark, places) {
        proposals.append((packet, share(packet)))
      }
    }
    let likely = proposals.filter { $0.share >= FindingLimits.explainedMin }
    return Ranking.descending(likely.map(Self.rank)).map { likely[$0].packet }
  }

  /// A checksum counts more than a few bytes more or less.
  private static func rank(_ proposal: (packet: PacketSettings, share: Double)) -> Double {
    let check = proposal.packet.check.map { $0.kind.byteCount == 1 ? 0.5 : 0.6 } ?? 0
    let packet = proposal.packet
    // Seen from its second byte on, a frame has its first byte at the end of the one before. But a
    // checksum covers all, or what follows the marks.
    var form = 0.01 * Double(packet.start.count)
    if let from = packet.check?.from {
      form += from == 0 ? 0.12 : from == packet.start.count ? 0.1 : 0
    }
    if case .carried = packet.length { form -= 0.05 }
    return proposal.share + check + form - 0.0001 * Double(packet.frameBytes.lowerBound)
  }

  /// The share of the bytes that this framing makes frames of.
  private func share(_ packet: PacketSettings) -> Double {
    guard packet.problem == nil else { return 0 }
    let counters = capture.read([.packet(packet)]) { _, _, _ in }
    guard counters.frames >= 3 else { return 0 }
    let sound = Double(counters.bytesFramed + counters.bytesPassed)
    return min(1, sound / Double(capture.explainable(counters)))
  }

  // MARK: marks

  /// The most frequent pairs of bytes, and single bytes.
  private func marks() -> [[UInt8]] {
    guard bytes.count >= 8 else { return [] }
    var pairs = [UInt16](repeating: 0, count: 65_536)
    var singles = [UInt16](repeating: 0, count: 256)
    for index in 1..<bytes.count {
      pairs[Int(bytes[index - 1]) << 8 | Int(bytes[index])] += 1
      singles[Int(bytes[index])] += 1
    }
    // Values have zeros, and their signs: no mark of a start.
    for value in [0x0000, 0xFFFF] { pairs[value] = 0 }
    singles[0] = 0
    func most(_ counts: [UInt16], _ max: Int) -> [Int] {
      let frequent = counts.indices.filter { counts[$0] >= 3 }
      let order = Ranking.descending(frequent.map { Double(counts[$0]) })
      return order.prefix(max).map { frequent[$0] }
    }
    return most(pairs, FindingLimits.marksMax).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
      + most(singles, FindingLimits.marksMax / 2).map { [UInt8($0)] }
  }

  private func places(of mark: [UInt8]) -> [Int] {
    (0...bytes.count - mark.count).filter { hasMark(mark, at: $0) }
  }

  // MARK: a fixed length

  private func fixed(_ mark: [UInt8], _ places: [Int]) -> [PacketSettings] {
    var tally = [Int](repeating: 0, count: FindingLimits.fixedBytesMax + 1)
    for (index, place) in places.enumerated() {
      for next in places[(index + 1)...].prefix(4) where next - place < tally.count {
        tally[next - place] += 1
      }
    }
    // Of two that are as frequent the shorter.
    let known = tally.indices.filter { $0 > mark.count && tally[$0] >= 3 }
    let lengths = Ranking.descending(known.map { Double(tally[$0]) }).prefix(2).map { known[$0] }
    return lengths.flatMap { fixed(mark, places, length: $0) }
  }

  private func fixed(_ mark: [UInt8], _ places: [Int], length: Int) -> [PacketSettings] {
    // Marks that have a neighbour at that distance; the others stand inside values.
    let sure = Array(
      places.filter { place in
        hasMark(mark, at: place + length) || hasMark(mark, at: place - length)
      }.prefix(FindingLimits.markedFramesMax))
    guard sure.count >= 3 else { return [] }
    var proposals: [PacketSettings] = []
    for begin in starts(of: length, around: sure) {
      let frames = sure.map { $0 + begin }.filter { $0 >= 0 && $0 + length <= bytes.count }
        .map { Array(bytes[$0..<$0 + length]) }
      guard frames.count >= 3 else { continue }
      // A third byte that is always the same may be a value's.
      var start = Array(constant(frames, from: 0, step: 1).prefix(2))
      if start.last == 0 { start.removeLast() }
      guard !start.isEmpty else { continue }
      let head = start.count
      if let packet = checked(frames, start, .fixed(length), head: head) {
        proposals.append(packet)
      } else if start.count == 2 {
        proposals.append(PacketSettings(start: start, length: .fixed(length)))
      }
    }
    return proposals
  }

  private func hasMark(_ mark: [UInt8], at place: Int) -> Bool {
    place >= 0 && place + mark.count <= bytes.count
      && bytes[place..<place + mark.count].elementsEqual(mark)
  }

  /// Where a frame may begin, counted from the mark: at a byte that is always the same. Behind a
  /// silence first, then where such bytes begin.
  private func starts(of length: Int, around places: [Int]) -> [Int] {
    // The nearest first, of those that are as likely.
    let offsets = (1 - length...0).reversed().filter { isConstant($0, places) }
    let likely = offsets.map {
      Double(2 * burstVotes($0, places, length) + isEdge($0, places))
    }
    return Ranking.descending(likely).prefix(12).map { offsets[$0] }
  }

  private func burstVotes(_ offset: Int, _ places: [Int], _ length: Int) -> Int {
    guard let first = places.first else { return 0 }
    return burstStarts.count { ($0 - first - offset) % length == 0 }
  }

  /// 1 where the byte before is another one each time.
  private func isEdge(_ offset: Int, _ places: [Int]) -> Int {
    isConstant(offset - 1, places) ? 0 : 1
  }

  private func isConstant(_ offset: Int, _ places: [Int]) -> Bool {
    let values = places.map { $0 + offset }.filter { bytes.indices.contains($0) }.map { bytes[$0] }
    guard values.count >= 3 else { return false }
    let first = values[values.count / 2]
    return first != 0 && 20 * values.count { $0 == first } >= 19 * values.count
  }

  /// The bytes that all frames have at that end.
  private func constant(_ frames: [[UInt8]], from: Int, step: Int) -> [UInt8] {
    var run: [UInt8] = []
    while run.count < SensorLimits.startBytesMax {
      let values = frames.compactMap { frame -> UInt8? in
        let index = step > 0 ? from + run.count : frame.count - 1 - from - run.count
        return frame.indices.contains(index) ? frame[index] : nil
      }
      guard values.count == frames.count, let value = values.first,
        20 * values.count(where: { $0 == value }) >= 19 * values.count
      else { break }
      run.append(value)
    }
    return run
  }

  /// With the checksum that these frames have before the last bytes, which may be a mark.
  private func checked(
    _ frames: [[UInt8]], _ start: [UInt8], _ length: PacketLength, head: Int
  ) -> PacketSettings? {
    guard let search = CheckSearch(frames) else { return nil }
    let end = constant(frames, from: 0, step: -1).prefix(SensorLimits.endBytesMax)
    let froms = [0, start.count, head] + (1...6).filter { $0 != start.count && $0 != head }
    for trailing in 0...end.count {
      guard let check = search.find(trailing: trailing, froms: froms) else { continue }
      return PacketSettings(
        start: start, end: end.prefix(trailing).reversed(), length: length, check: check,
        trailer: trailing + check.kind.byteCount,
        contentBytes: contentBytes(frames, trailer: trailing + check.kind.byteCount, head: head))
    }
    return nil
  }

  /// Of frames whose content begins with their first byte.
  private func contentBytes(_ frames: [[UInt8]], trailer: Int, head: Int) -> ClosedRange<Int> {
    let shortest = frames.map { $0.count }.min() ?? 0
    return max(head, shortest - trailer)...SensorLimits.payloadBytesMax
  }

  // MARK: a carried length

  private struct Number: Equatable {
    let at: Int
    let byteCount: Int
    let isBigEndian: Bool

    func value(in bytes: [UInt8], of frame: Int) -> Int? {
      guard frame >= 0, frame + at + byteCount <= bytes.count else { return nil }
      return bytes.withUnsafeBytes {
        Int(loadUnsigned($0, at: frame + at, byteCount: byteCount, isBigEndian: isBigEndian))
      }
    }
  }

  private func carried(_ mark: [UInt8], _ places: [Int]) -> [PacketSettings] {
    guard places.count >= 4 else { return [] }
    var proposals: [PacketSettings] = []
    for at in mark.count..<mark.count + 5 {
      for (byteCount, isBigEndian) in [(1, false), (2, false), (2, true)] {
        let number = Number(at: at, byteCount: byteCount, isBigEndian: isBigEndian)
        guard let adds = adds(number, places) else { continue }
        proposals += carried(mark, places, number, adds)
      }
    }
    return proposals
  }

  /// What a length lacks to the distance to the next mark, where that is mostly the same and the
  /// length is not.
  private func adds(_ number: Number, _ places: [Int]) -> Int? {
    var tally = [Int](repeating: 0, count: SensorLimits.lengthAdds.count)
    var lengths: [Int] = []
    for (index, place) in places.enumerated() {
      guard let value = number.value(in: bytes, of: place) else { continue }
      for next in places[(index + 1)...].prefix(4) {
        let adds = next - place - value
        guard SensorLimits.lengthAdds.contains(adds) else { continue }
        tally[adds - SensorLimits.lengthAdds.lowerBound] += 1
        if lengths.count < 2, !lengths.contains(value) { lengths.append(value) }
      }
    }
    guard let most = tally.indices.max(by: { tally[$0] < tally[$1] }),
      2 * tally[most] >= places.count, lengths.count == 2
    else { return nil }
    return most + SensorLimits.lengthAdds.lowerBound
  }

  private func carried(
    _ mark: [UInt8], _ places: [Int], _ number: Number, _ adds: Int
  ) -> [PacketSettings] {
    // Bytes before the mark that are always the same may belong to it, or to the end.
    var before = 0
    while before < SensorLimits.startBytesMax - mark.count, isConstant(-before - 1, places) {
      before += 1
    }
    var proposals: [PacketSettings] = []
    for shift in (0...before).reversed() {
      let frames = places.compactMap { place -> [UInt8]? in
        guard let value = number.value(in: bytes, of: place) else { return nil }
        let (first, length) = (place - shift, value + adds)
        guard first >= 0, length > shift + number.at + number.byteCount,
          first + length <= bytes.count,
          first + length == bytes.count || hasMark(mark, at: place + length)
        else { return nil }
        return Array(bytes[first..<first + length])
      }
      guard frames.count >= 3 else { continue }
      let start = Array(frames[0].prefix(shift + mark.count))
      let head = shift + number.at + number.byteCount
      let length = PacketLength.carried(
        at: shift + number.at, byteCount: number.byteCount, isBigEndian: number.isBigEndian,
        adds: adds)
      if let packet = checked(frames, start, length, head: head) {
        proposals.append(packet)
      } else if start.count >= 2 {
        proposals.append(
          PacketSettings(
            start: start, length: length, contentBytes: contentBytes(frames, trailer: 0, head: head)
          ))
      }
    }
    return proposals
  }

  // MARK: without a mark

  /// A length before each packet: with a checksum, or alone where all bytes fit it.
  func lengthPrefixed() -> [PacketSettings] {
    let quick = capture.prefix(FindingLimits.quickBytesMax)
    var best: (packet: PacketSettings, share: Double)?
    for (byteCount, isBigEndian) in [(1, false), (2, false), (2, true), (4, false), (4, true)] {
      for check in Self.checks {
        let checkBytes = check?.kind.byteCount ?? 0
        // The number may count itself, and the checksum.
        for counted in [0, checkBytes, byteCount, byteCount + checkBytes] {
          if counted == checkBytes, checkBytes == 0, counted != 0 { continue }
          var packet = PacketSettings.lengthPrefixed(
            prefixBytes: byteCount, isBigEndian: isBigEndian, check: check)
          packet.length = .carried(
            at: 0, byteCount: byteCount, isBigEndian: isBigEndian,
            adds: byteCount + checkBytes - counted)
          // One byte is no packet with a checksum that proves anything.
          packet.contentBytes = 2...packet.contentBytes.upperBound
          guard packet.problem == nil else { continue }
          var lengths: [Int] = []
          let counters = quick.read([.packet(packet)]) { frame, _, _ in
            if lengths.count < 3, !lengths.contains(frame.count) { lengths.append(frame.count) }
          }
          // Any noise is a chain of lengths, but not of two.
          guard check != nil || lengths.count < 3 else { continue }
          let share =
            Double(counters.bytesFramed) / Double(max(1, quick.explainable(counters)))
          // In noise a check of 8 bits is right here and there.
          let needed = checkBytes >= 2 ? FindingLimits.explainedMin : 0.9
          let frames = checkBytes >= 2 ? 3 : 8
          guard share >= needed, counters.frames >= frames else { continue }
          let weighed = share + Double(checkBytes) * 0.2
          if weighed > best?.share ?? 0 { best = (packet, weighed) }
        }
      }
    }
    return best.map { [$0.packet] } ?? []
  }

  static let checks: [FrameCheck?] =
    [nil]
    + Checksum.allCases.flatMap { kind in
      (kind.byteCount == 1 ? [false] : [false, true]).map { FrameCheck(kind, isBigEndian: $0) }
    }

  /// Frames of one length between two silences.
  func betweenSilences() -> [PacketSettings] {
    let bursts = capture.bursts
    guard bursts.count >= 3 else { return [] }
    let length = bursts[bursts.count / 2].count
    let same = bursts.filter { $0.count == length }
    guard length >= 2, length <= SensorLimits.payloadBytesMax, 5 * same.count >= 4 * bursts.count
    else { return [] }
    let frames = same.map { Array(bytes[$0]) }
    guard let search = CheckSearch(frames),
      let check = search.find(trailing: 0, froms: Array(0...min(4, length - 1)))
    else { return [PacketSettings(length: .fixed(length))] }
    return [
      PacketSettings(length: .fixed(length), check: check, trailer: check.kind.byteCount)
    ]
  }
}
