import Text

/// Text lines.
///
///     frame      1...bytesMax bytes, without the line's end
///     end        LF, CR, CR LF, or any of these; with any, each of CR and LF is an end
///     dropped    empty lines; with LF or CR as the end, the other one at both ends of a line
///     resync     a line too long is passed over up to its end
struct LineFramer: Framer {
  private let end: LineEnd
  private let bytesMax: Int
  /// So many bytes hold no end.
  private var looked = 0
  /// The bytes up to the next end are the rest of a line.
  private var isDiscarding = false

  init(_ settings: LineSettings) {
    precondition(SensorLimits.lineBytesRange.contains(settings.bytesMax))
    (end, bytesMax) = (settings.end, settings.bytesMax)
  }

  /// The line, and CR LF.
  var wireBytesMax: Int { bytesMax + 2 }

  mutating func scan(_ bytes: UnsafeMutableRawBufferPointer) -> Scan {
    let bytes = UnsafeRawBufferPointer(bytes)
    let limit = isDiscarding ? bytes.count : min(bytes.count, wireBytesMax)
    guard let found = firstEnd(in: bytes, before: limit) else {
      looked = limit
      // A CR that is the last byte may be half of an end.
      let isHalf = end == .crlf && bytes[limit - 1] == .carriageReturn
      let passes = limit - (isHalf ? 1 : 0)
      if isDiscarding { return passes == 0 ? .open : .pass(passes, .rest) }
      guard limit == wireBytesMax else { return .open }
      isDiscarding = true
      return tooLong(passes: passes)
    }
    if isDiscarding {
      isDiscarding = false
      return .pass(found.upperBound, .rest)
    }
    let content = trimmed(bytes, found.lowerBound)
    guard content.count <= bytesMax else { return tooLong(passes: found.upperBound) }
    guard !content.isEmpty else { return .pass(found.upperBound, .idle) }
    return .frame(content: content, end: found.upperBound)
  }

  mutating func passed(_ count: Int) { looked = 0 }

  mutating func reset(joinsMidStream: Bool) { (looked, isDiscarding) = (0, joinsMidStream) }

  /// What follows may be the rest of the half line, and half a number looks like a number.
  mutating func pause(hadBegun: Bool) { (looked, isDiscarding) = (0, isDiscarding || hadBegun) }

  /// The bytes of the first line's end.
  private func firstEnd(in bytes: UnsafeRawBufferPointer, before limit: Int) -> Range<Int>? {
    switch end {
    case .lf: return bytes.firstIndex(of: .lineFeed, from: looked, before: limit).map(single)
    case .cr: return bytes.firstIndex(of: .carriageReturn, from: looked, before: limit).map(single)
    case .any:
      let feed = bytes.firstIndex(of: .lineFeed, from: looked, before: limit)
      let before = feed ?? limit
      return (bytes.firstIndex(of: .carriageReturn, from: looked, before: before) ?? feed)
        .map(single)
    case .crlf:
      var from = looked
      while let feed = bytes.firstIndex(of: .lineFeed, from: from, before: limit) {
        if feed > 0, bytes[feed - 1] == .carriageReturn { return feed - 1..<feed + 1 }
        from = feed + 1
      }
      return nil
    }
  }

  private func single(_ index: Int) -> Range<Int> { index..<index + 1 }

  private func trimmed(_ bytes: UnsafeRawBufferPointer, _ count: Int) -> Range<Int> {
    let other: UInt8
    switch end {
    case .lf: other = .carriageReturn
    case .cr: other = .lineFeed
    case .crlf, .any: return 0..<count
    }
    var (first, last) = (0, count)
    while first < last, bytes[first] == other { first += 1 }
    while first < last, bytes[last - 1] == other { last -= 1 }
    return first..<last
  }

  private func tooLong(passes: Int) -> Scan {
    .fault(.payloadTooLong(bytes: bytesMax + 1), passes: passes, extent: passes)
  }

  /// - Parameter payload: must hold no byte that ends a line.
  static func encode(
    _ payload: UnsafeRawBufferPointer, _ settings: LineSettings, to wire: inout [UInt8]
  ) throws(FrameError) {
    guard !payload.isEmpty else { throw .payloadEmpty }
    guard payload.count <= settings.bytesMax else { throw .payloadTooLong(bytes: payload.count) }
    precondition(!payload.contains { $0 == .lineFeed || $0 == .carriageReturn })
    wire.append(contentsOf: payload)
    if settings.end == .cr || settings.end == .crlf { wire.append(.carriageReturn) }
    if settings.end != .cr { wire.append(.lineFeed) }
  }
}
