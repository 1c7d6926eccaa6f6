import System

/// Writes a raw recording as bytes, a block at a time; the caller takes them to a file.
///
/// What is in `bytes` after `closeChunk` is whole blocks: a file that ends with them can be read.
package struct RawRecordingWriter {
  package enum Content: Equatable, Sendable { case bytes, frames }

  /// Made and not yet taken.
  private var made: [UInt8]
  private var chunk: [UInt8] = []
  private var content = Content.bytes
  /// Of the item that was written last: an earlier time is written as this one.
  private var last: Int64 = 0
  /// So far.
  package private(set) var itemCount: UInt64 = 0
  package private(set) var byteCount: UInt64 = 0
  private var takenCount = 0

  /// - Parameter head: TOML, at most `RawRecordingLimits.headBytesMax` bytes.
  @export(interface)
  package init(head: String) {
    let text = Array(head.utf8)
    precondition(text.count <= RawRecordingLimits.headBytesMax)
    made = RawRecordingFormat.magic
    made.put(RawRecordingFormat.version)
    put(.head, text)
  }

  /// The bytes of the file so far, with those of the chunk that is not closed.
  package var fileBytes: Int {
    takenCount + made.count + (chunk.isEmpty ? 0 : chunk.count + RawRecordingFormat.blockBytes)
  }

  /// What one more item of that many bytes, a hole and the end would take.
  package static func room(for count: Int) -> Int {
    count + RawRecordingFormat.itemBytes + 3 * RawRecordingFormat.blockBytes
      + RawRecordingFormat.endBytes
  }

  /// - Parameters:
  ///   - bytes: what was read at once, or one frame; the bytes beyond `itemBytesMax` are left out.
  ///   - arrival: nanoseconds since the begin of the recording; a negative one counts as 0.
  ///   - stream: which of the connections of the port.
  @export(interface)
  package mutating func add(
    _ bytes: UnsafeRawBufferPointer, _ content: Content, arrival: Int64, stream: UInt16 = 0
  ) {
    if content != self.content { closeChunk() }
    self.content = content
    last = min(max(last, arrival), RawRecordingLimits.nanosecondsMax)
    let kept = bytes.prefix(RawRecordingLimits.itemBytesMax)
    chunk.put(UInt64(last))
    chunk.put(stream)
    chunk.put(UInt16(kept.count))
    chunk.append(contentsOf: kept)
    itemCount += 1
    byteCount += UInt64(kept.count)
    if chunk.count >= RawRecordingLimits.chunkBytes { closeChunk() }
  }

  /// Makes a whole block of what was added.
  @export(interface)
  package mutating func closeChunk() {
    guard !chunk.isEmpty else { return }
    put(content == .bytes ? .bytes : .frames, chunk)
    chunk.removeAll(keepingCapacity: true)
  }

  /// What came after the last item is not in the recording.
  @export(interface)
  package mutating func addHole() {
    closeChunk()
    put(.hole, [])
  }

  /// Writes the end, once.
  ///
  /// - Parameter time: nanoseconds since the begin.
  @export(interface)
  package mutating func finish(at time: Int64) {
    closeChunk()
    var totals: [UInt8] = []
    totals.put(itemCount)
    totals.put(byteCount)
    totals.put(UInt64(min(max(last, time), RawRecordingLimits.nanosecondsMax)))
    put(.end, totals)
  }

  /// Hands over the whole blocks that were made since the last call.
  @export(interface)
  package mutating func take() -> [UInt8] {
    let taken = made
    takenCount += taken.count
    made = []
    return taken
  }

  private mutating func put(_ kind: RawRecordingFormat.Block, _ body: [UInt8]) {
    var block: [UInt8] = []
    block.reserveCapacity(body.count + RawRecordingFormat.blockBytes)
    block.put(kind.rawValue)
    block.put(UInt32(body.count))
    block += body
    block.put(CRC32.of(block))
    made += block
  }
}

extension [UInt8] {
  /// Little-endian.
  fileprivate mutating func put(_ number: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: number.bitWidth, by: 8) {
      append(UInt8(truncatingIfNeeded: number >> shift))
    }
  }
}
