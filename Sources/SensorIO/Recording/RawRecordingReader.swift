import System

/// Reads a raw recording, item by item, up to its end or up to the first block that is not whole.
///
/// The bytes may be anything: each block proves itself by its checksum, and each count is compared
/// with what is there.
package struct RawRecordingReader {
  package struct Item: Equatable, Sendable {
    package let content: RawRecordingWriter.Content
    /// Nanoseconds since the begin of the recording, never less than the item's before.
    package let arrival: Int64
    /// Which of the connections of the port, less than `RawRecordingLimits.streamsMax`.
    package let stream: Int
    /// Its place among the bytes of the file.
    package let place: Range<Int>
  }

  /// How the recording ends.
  package enum Ending: Equatable, Sendable {
    /// With its end mark, whose totals are those that were read.
    case whole
    /// In the middle of a block, or without an end mark: power went, or the program was killed.
    case cut(atByte: Int)
    /// With a block that is not what was written.
    case damaged(atByte: Int)
  }

  /// TOML.
  package let head: String
  /// The file.
  package let bytes: [UInt8]
  /// Known when `next` has returned nil.
  package private(set) var ending: Ending?
  /// The time of the end mark, or of the last item where there is no mark.
  package private(set) var nanoseconds: Int64 = 0

  /// Holes so far: places where something came that is not in the recording.
  package private(set) var holeCount = 0

  private var offset: Int
  /// The items of the present chunk that are not yet handed over.
  private var rest = 0..<0
  private var content = RawRecordingWriter.Content.bytes
  package private(set) var itemCount: UInt64 = 0
  private var byteCount: UInt64 = 0

  /// Reads the head.
  @export(interface)
  package init(_ bytes: [UInt8]) throws(RawRecordingError) {
    guard RawRecordingFormat.begins(bytes), bytes.count >= RawRecordingFormat.prologBytes else {
      throw .notRaw
    }
    self.bytes = bytes
    let version: UInt32 = bytes.number(at: RawRecordingFormat.magic.count)
    guard version == RawRecordingFormat.version else { throw .version(version) }
    offset = RawRecordingFormat.prologBytes
    guard case .whole(RawRecordingFormat.Block.head.rawValue, let body) = Self.block(bytes, offset),
      body.count <= RawRecordingLimits.headBytesMax
    else { throw .headDamaged }
    head = String(decoding: bytes[body], as: UTF8.self)
    offset = body.upperBound + 4
  }

  /// - Returns: nil behind the last item; then `ending` says how the recording ends.
  @export(interface)
  package mutating func next() -> Item? {
    while ending == nil {
      if !rest.isEmpty { return item() }
      readBlock()
    }
    return nil
  }

  private mutating func readBlock() {
    guard case .whole(let kind, let body) = Self.block(bytes, offset) else {
      let isCut = Self.block(bytes, offset) == .cut
      ending = isCut ? .cut(atByte: offset) : .damaged(atByte: offset)
      return
    }
    switch RawRecordingFormat.Block(rawValue: kind) {
    case .bytes, .frames:
      content = kind == RawRecordingFormat.Block.bytes.rawValue ? .bytes : .frames
      rest = body
    case .end:
      let isRight =
        body.count == RawRecordingFormat.endBytes && body.upperBound + 4 == bytes.count
        && bytes.number(at: body.lowerBound) == itemCount
        && bytes.number(at: body.lowerBound + 8) == byteCount
      let time: UInt64 = isRight ? bytes.number(at: body.lowerBound + 16) : 0
      guard isRight, time <= UInt64(RawRecordingLimits.nanosecondsMax) else {
        ending = .damaged(atByte: offset)
        return
      }
      nanoseconds = max(nanoseconds, Int64(time))
      ending = .whole
    case .head:
      ending = .damaged(atByte: offset)
    case .hole: holeCount += 1
    case nil: break
    }
    if ending == nil { offset = body.upperBound + 4 }
  }

  private mutating func item() -> Item? {
    let start = rest.lowerBound + RawRecordingFormat.itemBytes
    guard start <= rest.upperBound else { return spoil() }
    let arrival: UInt64 = bytes.number(at: rest.lowerBound)
    let stream: UInt16 = bytes.number(at: rest.lowerBound + 8)
    let count: UInt16 = bytes.number(at: rest.lowerBound + 10)
    guard arrival <= UInt64(RawRecordingLimits.nanosecondsMax),
      Int(stream) < RawRecordingLimits.streamsMax,
      Int(count) <= RawRecordingLimits.itemBytesMax, Int(count) <= rest.upperBound - start
    else { return spoil() }
    nanoseconds = max(nanoseconds, Int64(arrival))
    rest = start + Int(count)..<rest.upperBound
    itemCount += 1
    byteCount += UInt64(count)
    return Item(
      content: content, arrival: nanoseconds, stream: Int(stream), place: start..<start + Int(count)
    )
  }

  /// A chunk whose checksum is right, and whose items are not.
  private mutating func spoil() -> Item? {
    (ending, rest) = (.damaged(atByte: rest.lowerBound), 0..<0)
    return nil
  }

  // MARK: blocks

  private enum Found: Equatable {
    case whole(kind: UInt32, body: Range<Int>)
    case cut, damaged
  }

  private static func block(_ bytes: [UInt8], _ offset: Int) -> Found {
    let left = bytes.count - offset
    guard left >= 8 else { return .cut }
    let (kind, count): (UInt32, UInt32) = (bytes.number(at: offset), bytes.number(at: offset + 4))
    let most = max(RawRecordingLimits.headBytesMax, RawRecordingLimits.chunkBytesMax)
    guard count <= most else { return .damaged }
    guard left >= Int(count) + RawRecordingFormat.blockBytes else { return .cut }
    let end = offset + 8 + Int(count)
    guard CRC32.of(bytes[offset..<end]) == bytes.number(at: end) else { return .damaged }
    return .whole(kind: kind, body: offset + 8..<end)
  }
}

extension [UInt8] {
  /// Little-endian; the bytes must be there.
  fileprivate func number<Number: FixedWidthInteger & UnsignedInteger>(at offset: Int) -> Number {
    var number: Number = 0
    for index in 0..<Number.bitWidth / 8 { number |= Number(self[offset + index]) << (8 * index) }
    return number
  }
}
