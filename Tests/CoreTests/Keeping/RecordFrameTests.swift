import Testing
import TestSupport

@testable import Core

/// Goal: what was written is read; a torn end costs the end alone; a damaged middle is told.
/// Method: logs of a few frames, cut and damaged at every byte.
@Suite struct RecordFrameTests {
  /// Three records that are on the disk, one after the other, and two that were written at once
  /// and perhaps are not.
  private static func log() -> (bytes: [UInt8], ends: [Int]) {
    var bytes = RecordLog.header
    var ends: [Int] = []
    for (sequence, durable) in [(7, 7), (8, 7), (9, 8), (10, 9), (11, 9)] as [(UInt64, UInt64)] {
      bytes += RecordFrame.make(
        [UInt8](repeating: UInt8(sequence), count: 20), sequence: sequence, durable: durable)
      ends.append(bytes.count)
    }
    return (bytes, ends)
  }

  @Test func `reads what was written`() throws {
    let (bytes, ends) = Self.log()
    let log = try RecordLog(bytes, needsAll: true)
    #expect(log.frames.map { $0.sequence } == [7, 8, 9, 10, 11])
    #expect(log.frames.map { $0.end } == ends && log.end == bytes.count)
    #expect(bytes[log.frames[2].payload].elementsEqual([UInt8](repeating: 9, count: 20)))
  }

  @Test func `a log that ends anywhere keeps the whole records`() throws {
    let (bytes, ends) = Self.log()
    for count in ends[0]...bytes.count {
      let log = try RecordLog(Array(bytes[..<count]), needsAll: true)
      #expect(log.end == ends.last { $0 <= count })
    }
    #expect(throws: AlertStateError.corrupt(offset: 16)) {
      try RecordLog(Array(bytes[..<(ends[0] - 1)]), needsAll: true)
    }
    #expect(throws: AlertStateError.notOurs) { try RecordLog([], needsAll: true) }
    #expect(throws: AlertStateError.notOurs) { try RecordLog([1, 2, 3], needsAll: false) }
  }

  @Test func `a damaged record is an error where a later one calls it durable`() {
    let (bytes, ends) = Self.log()
    for place in ends[0]..<bytes.count {
      var damaged = bytes
      damaged[place] ^= 0x10
      let lost = ends.firstIndex { place < $0 }!
      // The records 8 and 9 are called durable by later ones; 10 and 11 are not.
      let isError = (try? RecordLog(damaged, needsAll: true)) == nil
      #expect(isError == (lost < 3), "byte \(place), record \(lost)")
      let rest = try? RecordLog(damaged, needsAll: false)
      #expect(rest?.frames.count == 4, "byte \(place)")
    }
  }

  @Test func `a note cannot look like a record`() throws {
    let inner = RecordFrame.make([1], sequence: 99, durable: 98)
    let text = String(decoding: inner, as: UTF8.self)
    var act = StoredAct(kind: .drill, name: "a", person: "p", note: "", at: 0, wall: 0)
    act.note = text
    let bytes = RecordFrame.make(AlertRecord.act(id: 1, act).bytes, sequence: 1, durable: 1)
    for place in 1..<bytes.count { #expect(RecordFrame(bytes[...], at: place) == nil) }
  }
}
