import TestSupport
import Testing

@testable import SensorIO
@testable import System

/// Goal: what was recorded is read again, up to the last whole chunk of whatever is left of it, and
/// nothing else is.
/// Method: recordings made by the writer, cut at every byte and damaged at every byte.
@Suite struct RawRecordingTests {
  private struct Read: Equatable {
    var items: [RawRecordingReader.Item] = []
    var bytes: [[UInt8]] = []
    var ending: RawRecordingReader.Ending?
    var nanoseconds: Int64 = 0
  }

  private func read(_ file: [UInt8]) throws -> Read {
    var (reader, read) = (try RawRecordingReader(file), Read())
    while let item = reader.next() {
      read.items.append(item)
      read.bytes.append(Array(file[item.place]))
    }
    #expect(reader.next() == nil)
    (read.ending, read.nanoseconds) = (reader.ending, reader.nanoseconds)
    return read
  }

  private func add(_ writer: inout RawRecordingWriter, _ bytes: [UInt8], at arrival: Int64) {
    bytes.withUnsafeBytes { writer.add($0, .bytes, arrival: arrival, stream: 1) }
  }

  /// Three chunks of one item each.
  private func small() -> [UInt8] {
    var writer = RawRecordingWriter(head: "[recording]\n")
    for item in 1...3 {
      add(&writer, [UInt8](repeating: UInt8(item), count: item), at: Int64(10 * item))
      writer.closeChunk()
    }
    writer.finish(at: 99)
    return writer.take()
  }

  @Test func `what was written is read`() throws {
    let file = small()
    var reader = try RawRecordingReader(file)
    #expect(reader.head == "[recording]\n" && reader.next()?.stream == 1)
    let read = try read(file)
    #expect(read.bytes == [[1], [2, 2], [3, 3, 3]])
    #expect(read.items.map { $0.arrival } == [10, 20, 30])
    #expect(read.items.allSatisfy { $0.content == .bytes })
    #expect(read.ending == .whole && read.nanoseconds == 99)
  }

  @Test func `a cut file is read to its last whole chunk`() throws {
    let file = small()
    let whole = try read(file)
    let head = RawRecordingFormat.prologBytes + RawRecordingFormat.blockBytes + 12
    for count in 0..<file.count {
      let cut = Array(file[..<count])
      guard count >= head else {
        #expect(throws: (any Error).self) { try RawRecordingReader(cut) }
        continue
      }
      let read = try read(cut)
      #expect(read.bytes == Array(whole.bytes.prefix(read.bytes.count)))
      // Each whole chunk that is there is read: 24 bytes are around the bytes of its one item.
      var (end, chunks) = (head, 0)
      while chunks < 3, end + 24 + chunks + 1 <= count {
        end += 24 + chunks + 1
        chunks += 1
      }
      #expect(read.bytes.count == chunks)
      #expect(read.ending == .cut(atByte: end))
    }
  }

  @Test func `a wrong bit costs its chunk and what follows, and is told`() throws {
    let file = small()
    let whole = try read(file)
    for index in file.indices {
      var bad = file
      bad[index] ^= 1 << (index % 8)
      guard let read = try? read(bad) else { continue }
      #expect(read.ending != .whole)
      #expect(read.bytes == Array(whole.bytes.prefix(read.bytes.count)) && read.bytes.count < 4)
      if index < file.count - 36 { #expect(read.bytes.count < 3) }
    }
  }

  @Test func `an item is cut at its limit, and times never go back`() throws {
    var writer = RawRecordingWriter(head: "")
    add(&writer, [UInt8](repeating: 7, count: RawRecordingLimits.itemBytesMax + 1), at: 50)
    add(&writer, [], at: 40)
    add(&writer, [1], at: .max)
    writer.finish(at: 3)
    let read = try read(writer.take())
    #expect(read.bytes.map { $0.count } == [RawRecordingLimits.itemBytesMax, 0, 1])
    #expect(read.items.map { $0.arrival } == [50, 50, RawRecordingLimits.nanosecondsMax])
    #expect(read.ending == .whole && read.nanoseconds == RawRecordingLimits.nanosecondsMax)
  }

  @Test func `what it will take is known before`() {
    var random = SeededGenerator("the room of a recording")
    var writer = RawRecordingWriter(head: "x")
    var file: [UInt8] = []
    for round in 0..<300 {
      let bytes = [UInt8](repeating: 1, count: Int.random(in: 0...700, using: &random))
      let most = writer.fileBytes + RawRecordingWriter.room(for: bytes.count)
      add(&writer, bytes, at: Int64(round))
      #expect(writer.fileBytes + RawRecordingFormat.blockBytes + 24 <= most)
      if round % 7 == 0 { file += writer.take() }
    }
    let last = writer.fileBytes
    writer.finish(at: 300)
    file += writer.take()
    #expect(file.count <= last + RawRecordingFormat.blockBytes + RawRecordingFormat.endBytes)
    #expect((try? read(file))?.items.count == 300)
  }

  @Test func `another kind of block is passed over, and another version is refused`() throws {
    var file = small()
    let end = RawRecordingFormat.blockBytes + RawRecordingFormat.endBytes
    var block: [UInt8] = [9, 0, 0, 0, 1, 0, 0, 0, 42]
    let sum = CRC32.of(block)
    for shift: UInt32 in [0, 8, 16, 24] { block.append(UInt8(truncatingIfNeeded: sum >> shift)) }
    file.insert(contentsOf: block, at: file.count - end)
    #expect(try read(file).bytes.count == 3 && read(file).ending == .whole)
    file[RawRecordingFormat.magic.count] = 2
    #expect(throws: RawRecordingError.version(2)) { try RawRecordingReader(file) }
    #expect(throws: RawRecordingError.notRaw) { try RawRecordingReader(Array("ax,ay\n1,2\n".utf8)) }
  }
}
