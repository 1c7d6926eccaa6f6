import CPlatform
import System

/// Where alerts go while the outbox takes none: a reader holds its log, or the disk is full. It is
/// a file of frames beside the outbox, and its room is taken from the outbox's size beforehand.
///
///     magic, length: UInt32 each of the payload
///     CRC-32: UInt32 of what follows
///     generation: UInt64 by chance, for each time that the reserve was empty
///     number: UInt64 one more than the frame before
///     payload a record
///
/// The outbox notes in its own transaction through which frame it has taken the reserve over. So a
/// crash at any moment neither loses a record nor gives it two names.
///
/// One thread at a time may use it.
package final class OutboxReserve {
  /// How far the outbox has taken the reserve over.
  package struct Mark: Equatable, Sendable {
    var generation: UInt64
    var number: UInt64

    /// As the outbox keeps it.
    var text: String { "\(generation) \(number)" }

    init(generation: UInt64, number: UInt64) {
      (self.generation, self.number) = (generation, number)
    }

    init?(text: String) {
      let words = text.utf8.split(separator: UInt8(ascii: " ")).map { UInt64(String($0)!) }
      guard words.count == 2, let generation = words[0], let number = words[1] else { return nil }
      self.init(generation: generation, number: number)
    }
  }

  private static let magic: UInt32 = 0x5645_5245
  private static let headBytes = 28
  /// Of the longest record.
  private static let frameBytesMax = headBytes + OutboxLimits.bodyBytesMax + 1024

  package let path: String
  private let bytesMin: Int
  private var file: Descriptor?
  private var generation: UInt64 = 0
  /// Of the last frame; 0 for none.
  private var number: UInt64 = 0
  /// The frames that the outbox has not taken over are from `begin` to `end`.
  private var begin = 0
  private var end = 0
  private var waiting = 0

  /// - Parameters:
  ///   - outbox: its path; the reserve is beside it.
  ///   - bytesMax: the outbox's cap.
  package init(beside outbox: String, bytesMax: Int) {
    path = outbox + "-reserve"
    bytesMin = OutboxLimits.reserveBytes(of: bytesMax)
  }

  /// Records that the outbox has not taken over.
  package var count: Int { waiting }

  /// Makes the file, with all of its room, or reads what is in it.
  ///
  /// - Throws: `.sqlite` with the fault of the disk.
  @export(interface)
  package func open() throws(OutboxError) {
    guard file == nil else { return }
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let raw = path.withCString { cp_open($0, flags, 0o600) }
    guard raw >= 0 else { throw .disk(cp_errno()) }
    let opened = Descriptor(owning: raw)
    guard fileType(raw) == CP_S_IFREG else { throw .disk(EINVAL) }
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw .disk(cp_errno()) }
    // Written, because room that was only asked for may not be there on every file system.
    if status.st_size < bytesMin { try fill(raw, from: Int(status.st_size)) }
    file = opened
    scan()
  }

  private func fill(_ raw: Int32, from start: Int) throws(OutboxError) {
    let zeros = [UInt8](repeating: 0, count: 16 << 10)
    var place = start
    while place < bytesMin {
      let count = min(zeros.count, bytesMin - place)
      try write(zeros[..<count], to: raw, at: place)
      place += count
    }
    guard fsync(raw) == 0 else { throw .disk(cp_errno()) }
  }

  private func write(
    _ bytes: ArraySlice<UInt8>, to raw: Int32, at place: Int
  ) throws(OutboxError) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { room in
        uninterrupted {
          pwrite(raw, room.baseAddress! + done, room.count - done, off_t(place + done))
        }
      }
      guard count > 0 else { throw .disk(count == 0 ? ENOSPC : cp_errno()) }
      done += count
    }
  }

  /// Finds the frames that the last run left.
  private func scan() {
    (begin, end, number, waiting) = (0, 0, 0, 0)
    while let frame = frame(at: end), number == 0 || frame.generation == generation,
      number == 0 || frame.number == number + 1
    {
      (generation, number) = (frame.generation, frame.number)
      end = frame.end
      waiting += 1
    }
  }

  /// Passes over the frames that the outbox had taken over before the process began.
  package func skip(through mark: Mark?) {
    guard let mark, mark.generation == generation, waiting > 0 else { return }
    while let frame = frame(at: begin), frame.number <= mark.number, begin < end {
      begin = frame.end
      waiting -= 1
    }
    if waiting == 0 { clear() }
  }

  // MARK: records in

  /// Adds records, the first ones first, as far as there is room. It waits for the disk.
  ///
  /// - Parameter roomMax: the bytes that the reserve may have in all.
  /// - Returns: how many of them are on the disk now.
  @export(interface)
  package func add(_ records: [NewRecord], boot: String, roomMax: Int) -> Int {
    do throws(OutboxError) {
      try open()
    } catch {
      return 0
    }
    if waiting == 0 { (generation, number) = (SplitMix.newSeed(), 0) }
    var (bytes, count) = ([UInt8](), 0)
    for record in records {
      let frame = Self.frame(record, boot, generation, number + UInt64(count) + 1)
      guard end + bytes.count + frame.count <= max(roomMax, bytesMin) else { break }
      bytes += frame
      count += 1
    }
    guard count > 0, let raw = file?.raw else { return 0 }
    do throws(OutboxError) {
      try write(bytes[...], to: raw, at: end)
      guard fdatasync(raw) == 0 else { throw .disk(cp_errno()) }
    } catch {
      return 0
    }
    number += UInt64(count)
    end += bytes.count
    waiting += count
    return count
  }

  private static func frame(
    _ record: NewRecord, _ boot: String, _ generation: UInt64, _ number: UInt64
  ) -> [UInt8] {
    var payload = RecordWriter()
    payload.put(generation)
    payload.put(number)
    payload.put(UInt8(truncatingIfNeeded: record.kind.rawValue))
    payload.put(record.at)
    payload.put(record.time == nil ? 0 : 1 as UInt8)
    payload.put(record.time ?? 0)
    payload.put(record.boot ?? boot, bytesMax: 64)
    payload.put(record.source, bytesMax: 255)
    payload.put(Array(record.body.utf8))
    var head = RecordWriter()
    head.put(magic)
    head.put(UInt32(truncatingIfNeeded: payload.bytes.count))
    head.put(CRC32.of(payload.bytes))
    return head.bytes + payload.bytes
  }

  // MARK: records out

  /// Records that the outbox may take over together.
  package struct Batch {
    package fileprivate(set) var records: [NewRecord] = []
    /// For the outbox to note beside them.
    package fileprivate(set) var mark: Mark
    fileprivate var end: Int
  }

  /// The next records. They stay until `taken`.
  ///
  /// - Parameter bytesMax: of the bodies; at least one record comes.
  /// - Returns: nil where there is none, or where the disk does not give it now.
  @export(interface)
  package func next(bytesMax: Int) -> Batch? {
    var batch = Batch(mark: Mark(generation: generation, number: 0), end: begin)
    var bytes = 0
    while batch.end < end, let frame = frame(at: batch.end) {
      bytes += frame.record.body.utf8.count
      guard batch.records.isEmpty || bytes <= bytesMax else { break }
      batch.records.append(frame.record)
      (batch.mark.number, batch.end) = (frame.number, frame.end)
    }
    return batch.records.isEmpty ? nil : batch
  }

  /// The outbox has them.
  package func taken(_ batch: Batch) {
    (begin, waiting) = (batch.end, waiting - batch.records.count)
    if waiting == 0 { clear() }
  }

  /// All of it is in the outbox. The next frame begins at the start.
  private func clear() {
    (begin, end, waiting) = (0, 0, 0)
    guard let raw = file?.raw else { return }
    // If this does not reach the disk, the mark in the outbox says the same.
    try? write([UInt8](repeating: 0, count: Self.headBytes)[...], to: raw, at: 0)
    _ = ftruncate(raw, off_t(bytesMin))
  }

  /// For an outbox that has begun anew: nothing of the reserve is in it.
  package func close() { file = nil }

  private struct Frame {
    let generation: UInt64
    let number: UInt64
    let record: NewRecord
    let end: Int
  }

  private func frame(at place: Int) -> Frame? {
    guard let raw = file?.raw else { return nil }
    var bytes = [UInt8](repeating: 0, count: Self.frameBytesMax)
    let count = bytes.withUnsafeMutableBytes { room in
      uninterrupted { pread(raw, room.baseAddress, room.count, off_t(place)) }
    }
    guard count >= Self.headBytes else { return nil }
    var head = RecordReader(bytes[..<12])
    guard head.number(UInt32.self) == Self.magic, let length = head.number(UInt32.self),
      let crc = head.number(UInt32.self), Int(length) <= count - 12,
      CRC32.of(bytes[12..<12 + Int(length)]) == crc
    else { return nil }
    var reader = RecordReader(bytes[12..<12 + Int(length)])
    guard let generation = reader.number(UInt64.self), let number = reader.number(UInt64.self),
      number < .max, let kind = reader.number(UInt8.self),
      let kind = RecordKind(rawValue: Int64(kind)), let at = reader.number(Int64.self),
      let isKnown = reader.number(UInt8.self), let time = reader.number(Int64.self),
      let boot = reader.text(), let source = reader.text(),
      let body = reader.bytes(max: OutboxLimits.bodyBytesMax)
    else { return nil }
    let record = NewRecord(
      kind: kind, at: at, time: isKnown == 1 ? time : nil, source: source,
      body: String(decoding: body, as: UTF8.self), boot: boot)
    return Frame(
      generation: generation, number: number, record: record, end: place + 12 + Int(length))
  }
}

extension OutboxError {
  /// A fault of the disk, outside of SQLite.
  static func disk(_ code: Int32) -> OutboxError { .sqlite(code: 10, system: code) }
}
