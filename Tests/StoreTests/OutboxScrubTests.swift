import Testing

@testable import Store
@testable import System
import TestSupport

/// Goal: any page that is written over is found, and a sound file is read to its end in small
/// steps. Method: each page of a real file in turn, filled with other bytes beneath an open
/// connection.
@Suite struct OutboxScrubTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  /// Records of each kind, sent ones, set-aside ones, and recordings, some on pages of their own.
  private func fill() throws {
    let outbox = try Outbox(path, bytesMax: 1 << 20, boot: "b", keepSeconds: 60)
    for index in 0..<200 {
      let body = "{\"a\":\"\(String(repeating: "x", count: index % 20 == 0 ? 9000 : 200))\"}"
      let kind = RecordKind.allCases[index % RecordKind.allCases.count]
      try outbox.append(
        [NewRecord(kind: kind, at: Int64(index), source: "a", body: body)], durably: false)
    }
    let drain = try FileDrain(of: outbox)
    try drain.acknowledge(try drain.next(max: 20)[...])
    try drain.setAside(try #require(drain.next(max: 1).first), reason: "no")
    try outbox.append(
      NewRecording(
        episode: 1, at: 1, time: 1, sensor: "s", bytes: [UInt8](repeating: 7, count: 9000)),
      bytesMax: 1 << 16)
  }

  private func scrubbed() throws -> [Int64] {
    let outbox = try Outbox(path, bytesMax: 1 << 20, boot: "b", keepSeconds: 60)
    let scrub = OutboxScrub(outbox)
    var (damaged, steps) = ([Int64](), 0)
    while scrub.rounds == 0 {
      damaged += try scrub.step(until: 0)
      steps += 1
      #expect(steps < 1000)
    }
    #expect(steps > 10, "small steps")
    return damaged
  }

  @Test func `a sound file is read to its end`() throws {
    try fill()
    #expect(try scrubbed().isEmpty)
    #expect(try scrubbed().isEmpty)
  }

  @Test func `each page that is written over is found`() throws {
    try fill()
    let good = try Files.read(path, bytesMax: 1 << 20)
    let pages = good.count / OutboxLimits.pageBytes
    var (found, missed) = (0, [Int]())
    // The first page is the file's head: no outbox opens with a bad one.
    for page in 1..<pages {
      var bad = good
      for byte in 0..<OutboxLimits.pageBytes {
        bad[page * OutboxLimits.pageBytes + byte] = UInt8(truncatingIfNeeded: byte &* 31 &+ 7)
      }
      for ending in ["-wal", "-shm"] { Files.remove(path + ending) }
      try Files.write(bad, to: path)
      do {
        if try !scrubbed().isEmpty { found += 1 } else { missed.append(page) }
      } catch {
        found += 1
      }
    }
    // A page that holds nothing now, or small tables that each commit reads.
    let small = 8
    #expect(missed.count <= small, "\(missed) of \(pages)")
    #expect(found > pages - small - 2)
  }

  @Test func `a body that is no object is told`() throws {
    try fill()
    try Database(path, .existing).execute("UPDATE record SET body = '{\"a\":' WHERE sequence = 50")
    #expect(try scrubbed() == [50])
  }
}
