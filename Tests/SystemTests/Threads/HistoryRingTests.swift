import Synchronization
import TestSupport
import Testing

@testable import System

/// Goal: a reader gets whole entries, in order and none twice, and knows when it missed some.
/// Method: entries whose bytes follow from their number; one thread first, then two. Run it under
/// the thread sanitizer, too: `swift test --sanitize=thread --filter HistoryRing`.
@Suite struct HistoryRingTests {
  private static func bytes(_ number: Int64) -> [UInt8] {
    [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(number % 41))
  }

  private func put(_ ring: HistoryRing, _ number: Int64) {
    Self.bytes(number).withUnsafeBytes { _ = ring.put(stamp: -number, number: number, $0) }
  }

  private func isRight(_ entry: HistoryRing.Entry) -> Bool {
    entry.stamp == -entry.number && entry.bytes == Self.bytes(entry.number)
  }

  private func all(_ ring: HistoryRing) -> [HistoryRing.Entry] {
    var entries: [HistoryRing.Entry] = []
    _ = ring.read(after: 0) { entry in
      entries.append(entry)
      return true
    }
    return entries
  }

  @Test func `the newest entries are there, whatever their lengths`() {
    let ring = HistoryRing(byteCount: 500)
    #expect(ring.byteCount == 504 && all(ring).isEmpty)
    for number: Int64 in 1...1000 {
      put(ring, number)
      let entries = all(ring)
      #expect(entries.allSatisfy(isRight))
      #expect(entries.last?.number == number)
      let first = entries[0].number
      #expect(entries.map { $0.number } == Array(first...number))
      // Not one more would fit.
      let taken = (max(1, first - 1)...number).reduce(0) {
        $0 + HistoryRing.bytes(ofEntry: Int($1 % 41))
      }
      #expect(first == 1 || taken > ring.byteCount)
    }
  }

  @Test func `a reader goes on where it was, and knows what it missed`() {
    let ring = HistoryRing(byteCount: 512)
    put(ring, 1)
    var seen: [Int64] = []
    var place: UInt64 = 0
    func read(_ most: Int = .max) -> Bool {
      let read = ring.read(after: place) { entry in
        seen.append(entry.number)
        return seen.count < most
      }
      place = read.position
      return read.hasMissed
    }
    #expect(!read() && seen == [1])
    for number: Int64 in 2...4 { put(ring, number) }
    #expect(!read(3) && seen == [1, 2, 3])
    #expect(!read() && seen == [1, 2, 3, 4])
    #expect(!read() && place == ring.position)
    for number: Int64 in 5...200 { put(ring, number) }
    #expect(read() && seen.last == 200 && seen[4] > 100)
  }

  @Test func `what is longer than the ring is left out, and numbers have 48 bits`() {
    let ring = HistoryRing(byteCount: 64)
    let fits = [UInt8](repeating: 3, count: 48)
    #expect(fits.withUnsafeBytes { ring.put(stamp: 1, number: -1, $0) })
    #expect((fits + [1]).withUnsafeBytes { !ring.put(stamp: 2, number: 2, $0) })
    #expect(all(ring) == [HistoryRing.Entry(stamp: 1, number: 1 << 48 - 1, bytes: fits)])
  }

  @Test func `a copy is whole while another thread writes`() {
    let ring = HistoryRing(byteCount: 1024)
    let writer = Writer(ring: ring, count: 300_000)
    #expect(Thread.start("writer") { writer.run() })
    var (place, last, wrong, missed) = (UInt64(0), Int64(0), 0, 0)
    while true {
      let isDone = writer.isDone.load(ordering: .acquiring)
      let before = last
      let read = ring.read(after: place) { entry in
        if !isRight(entry) || entry.number <= last { wrong += 1 }
        last = entry.number
        return true
      }
      // What was missed is told; what was not missed follows on.
      if read.hasMissed { missed += 1 }
      if last < before { wrong += 1 }
      place = read.position
      if isDone { break }
    }
    #expect(wrong == 0 && last == writer.count)
    print("ring: \(missed) times entries were missed")
  }

  private final class Writer: Sendable {
    let ring: HistoryRing
    let count: Int64
    let isDone = Atomic<Bool>(false)

    init(ring: HistoryRing, count: Int64) { (self.ring, self.count) = (ring, count) }

    func run() {
      for number in 1...count {
        HistoryRingTests.bytes(number).withUnsafeBytes {
          _ = ring.put(stamp: -number, number: number, $0)
        }
      }
      isDone.store(true, ordering: .releasing)
    }
  }
}
