import TestSupport
import Testing

@testable import Core

/// Goal: scores that wait come back in their order, the newest of them where there are too many.
/// Method: seeded steps beside an array.
@Suite struct KeptScoresTests {
  @Test func `an array says the same`() {
    var random = SeededGenerator("kept")
    var kept = KeptScores(labelCount: 3)
    var slow: [(scores: [Float], sample: Int64)] = []
    for step in Int64(1)...10_000 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        kept.forget()
        slow = []
      case 1...8:
        let found = kept.take().map { (Array($0.scores), $0.sample) }
        let expected = slow.isEmpty ? nil : slow.removeFirst()
        #expect(found?.0 == expected?.scores && found?.1 == expected?.sample)
      default:
        let scores = (0..<3).map { Float(step) + Float($0) / 4 }
        let isWhole = scores.withUnsafeBufferPointer { kept.keep($0, sample: step) }
        #expect(isWhole == (slow.count < KeptScores.windowsMax))
        slow = (slow + [(scores, step)]).suffix(KeptScores.windowsMax)
      }
      let count = kept.count
      #expect(count == slow.count)
    }
  }

  @Test func `a version with more labels has no room, and one with fewer begins anew`() {
    var kept = KeptScores(labelCount: 2)
    func keep(_ scores: [Float]) -> Bool {
      scores.withUnsafeBufferPointer { kept.keep($0, sample: 1) }
    }
    var isWhole = keep([1, 2, 3])
    var count = kept.count
    #expect(!isWhole && count == 0)
    isWhole = keep([1, 2])
    #expect(isWhole)
    isWhole = keep([1])
    count = kept.count
    #expect(isWhole && count == 1)
    let taken = kept.take().map { Array($0.scores) }
    #expect(taken == [1])
  }
}
