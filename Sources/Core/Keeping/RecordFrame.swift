import System

/// One record in a file to whose end records are written:
///
///     FF FE          two bytes that no UTF-8 text contains: no person's note looks like a record
///     length         UInt16, of the payload
///     CRC-32         UInt32, of all that follows
///     sequence       UInt64, one higher than the record before
///     durable        UInt64, the last record that was surely on the disk when this one was written
///     payload
///
/// `durable` tells a torn end from a damaged middle. After a loss of power the disk may have the
/// end of an unfinished write and not its beginning. That costs only records that nobody was told
/// of. But where a record is bad that a later one calls durable, the file lost what it promised.
struct RecordFrame {
  static let headerBytes = 24
  private static let marks: [UInt8] = [0xFF, 0xFE]

  let sequence: UInt64
  let durable: UInt64
  /// Places in the file.
  let payload: Range<Int>
  var end: Int { payload.upperBound }

  static func make(_ payload: [UInt8], sequence: UInt64, durable: UInt64) -> [UInt8] {
    precondition(payload.count <= AlertKeepingLimits.recordBytesMax)
    var body = RecordWriter()
    body.put(sequence)
    body.put(durable)
    let checked = body.bytes + payload
    var head = RecordWriter()
    head.put(UInt16(payload.count))
    head.put(CRC32.of(checked))
    return marks + head.bytes + checked
  }

  /// Nil where no whole and sound frame begins.
  init?(_ bytes: ArraySlice<UInt8>, at start: Int) {
    guard bytes.endIndex - start >= Self.headerBytes, bytes[start] == Self.marks[0],
      bytes[start + 1] == Self.marks[1]
    else { return nil }
    var head = RecordReader(bytes[start + 2..<start + Self.headerBytes])
    let length = Int(head.number(UInt16.self)!)
    let crc = head.number(UInt32.self)!
    (sequence, durable) = (head.number()!, head.number()!)
    let first = start + Self.headerBytes
    // No agent comes to such numbers, and with greater ones a sum could overflow.
    let numberMax = UInt64(AlertKeepingLimits.numberMax)
    guard sequence <= numberMax, durable <= numberMax else { return nil }
    guard length <= AlertKeepingLimits.recordBytesMax, bytes.endIndex - first >= length else {
      return nil
    }
    payload = first..<first + length
    guard CRC32.of(bytes[start + 8..<first + length]) == crc else { return nil }
  }
}

/// The whole content of such a file: a line that names it, then frames.
struct RecordLog {
  static let header = Array("edgeagent log 1\n".utf8)

  private(set) var frames: [RecordFrame] = []
  /// The end of the last sound record; what follows is a torn end.
  private(set) var end = header.count

  /// - Parameter needsAll: a damaged middle is an error; otherwise the records around it are kept.
  init(_ bytes: [UInt8], needsAll: Bool) throws(AlertStateError) {
    guard bytes.starts(with: Self.header) else { throw .notOurs }
    var start = end
    while start < bytes.count {
      if let frame = RecordFrame(bytes[...], at: start), follows(frame, needsAll: needsAll) {
        frames.append(frame)
        (start, end) = (frame.end, frame.end)
        continue
      }
      guard let next = Self.next(in: bytes, after: start) else { break }
      guard needsAll else {
        start = next
        continue
      }
      try Self.check(bytes, from: next, lost: (frames.last?.sequence ?? 0) + 1, at: start)
      break
    }
    // The file was made with a record in it.
    if needsAll, frames.isEmpty { throw .corrupt(offset: end) }
  }

  private func follows(_ frame: RecordFrame, needsAll: Bool) -> Bool {
    guard let last = frames.last else { return true }
    return needsAll ? frame.sequence == last.sequence &+ 1 : frame.sequence > last.sequence
  }

  /// The beginning of the next sound frame.
  private static func next(in bytes: [UInt8], after start: Int) -> Int? {
    var place = start + 1
    while place + RecordFrame.headerBytes <= bytes.count {
      if bytes[place] == 0xFF, RecordFrame(bytes[...], at: place) != nil { return place }
      place += 1
    }
    return nil
  }

  /// No later record may call the lost one durable.
  private static func check(
    _ bytes: [UInt8], from first: Int, lost: UInt64, at offset: Int
  ) throws(AlertStateError) {
    var place: Int? = first
    while let start = place {
      let frame = RecordFrame(bytes[...], at: start)!
      if frame.durable >= lost { throw .corrupt(offset: offset) }
      place = next(in: bytes, after: frame.end - 1)
    }
  }
}
