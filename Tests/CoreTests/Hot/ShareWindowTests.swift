import Testing

@testable import Core
import TestSupport

/// Goal: a share is that of the last while, within one slot, whatever came before.
/// Method: seeded counts against sums over the whole history.
@Suite struct ShareWindowTests {
  @Test func `sums are those of the last 59 to 60 slots`() {
    var random = SeededGenerator("share window")
    let slot: Int64 = 1000
    var window = ShareWindow(over: 60 * slot, part: 7, whole: 11, at: 0)
    var history: [(time: Int64, part: Int64, whole: Int64)] = []
    var (time, part, whole) = (Int64(0), Int64(7), Int64(11))
    for _ in 0..<20_000 {
      time += Int64.random(in: 0...(random.next() % 50 == 0 ? 70_000 : 800), using: &random)
      let (more, all) = (
        Int64.random(in: 0...3, using: &random), Int64.random(in: 3...9, using: &random)
      )
      (part, whole) = (part + more, whole + all)
      history.append((time, more, all))
      window.count(part: part, whole: whole, at: time)
      let oldest = (time / slot - 59) * slot
      let expected = history.suffix(400).filter { $0.time >= oldest }
      let sums = window.sums(at: time)
      #expect(sums.part == expected.reduce(0) { $0 + $1.part })
      #expect(sums.whole == expected.reduce(0) { $0 + $1.whole })
    }
  }

  @Test func `a tenth of the time has to be covered`() {
    let window = ShareWindow(over: 60_000, part: 0, whole: 0, at: 500)
    #expect(!window.isFilled(at: 6_400) && window.isFilled(at: 6_500))
    #expect(window.covered(at: 500) == 0 && window.covered(at: 1_500) == 1_000)
    #expect((59_000...60_000).contains(window.covered(at: 1_000_250)))
  }
}
