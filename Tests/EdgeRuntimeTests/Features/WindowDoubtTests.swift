import TestSupport
import Testing

@testable import EdgeRuntime

/// Goal: while a gap may stand before a sample, exactly those windows are due that lie wholly
/// behind it; afterwards they go on as if the answer had been known at once.
/// Method: cases by hand, and 20,000 seeded steps beside a slow model that keeps every sample.
@Suite struct WindowDoubtTests {
  private struct Window: ~Copyable {
    var window: SlidingWindow
    private var count: Float = 0

    init(steps: Int, stride: Int) { window = SlidingWindow(steps: steps, axes: 1, stride: stride) }

    /// The next of 1, 2, 3 …: the window that is due, if one is.
    mutating func push() -> [Float]? {
      count += 1
      let isDue = [count].withUnsafeBufferPointer { window.append($0) }
      return isDue ? Array(window.oldestFirst) : nil
    }

    mutating func push(_ times: Int) -> [[Float]] { (0..<times).compactMap { _ in push() } }
  }

  @Test func `a burst behind a pause is judged though nothing comes after it`() {
    var rig = Window(steps: 4, stride: 2)
    #expect(rig.push(5) == [[1, 2, 3, 4]])
    rig.window.doubt()
    #expect(rig.push(6) == [[6, 7, 8, 9], [8, 9, 10, 11]])
  }

  @Test func `a gap leaves what stands behind it`() {
    var rig = Window(steps: 4, stride: 2)
    _ = rig.push(5)
    rig.window.doubt()
    #expect(rig.push(1).isEmpty)
    rig.window.breakOff()
    #expect(Array(rig.window.oldestFirst) == [6] && !rig.window.isFull)
    #expect(rig.push(5) == [[6, 7, 8, 9], [8, 9, 10, 11]])
  }

  @Test func `a window over the place in doubt says so, and without a gap they go on`() {
    var rig = Window(steps: 4, stride: 2)
    _ = rig.push(5)
    rig.window.doubt()
    #expect(rig.push(1).isEmpty)
    var isDueInDoubt = rig.window.isDueInDoubt
    #expect(isDueInDoubt && Array(rig.window.oldestFirst) == [3, 4, 5, 6])
    #expect(Array(rig.window.oldestCertainFirst) == [6])
    rig.window.trust()
    isDueInDoubt = rig.window.isDueInDoubt
    #expect(!isDueInDoubt)
    #expect(rig.push(2) == [[5, 6, 7, 8]])
  }

  @Test func `a reset within the doubt ends it`() {
    var rig = Window(steps: 2, stride: 1)
    _ = rig.push(5)
    rig.window.doubt()
    _ = rig.push(1)
    rig.window.reset()
    #expect(rig.push(2) == [[7, 8]])
    rig.window.breakOff()
    #expect(Array(rig.window.oldestFirst) == [7, 8])
  }

  /// Every sample since the last certain gap, and where the doubt stands among them.
  private struct Slow {
    let steps: Int
    let stride: Int
    var samples: [Float] = []
    var doubt: Int?

    private func isDue(from start: Int) -> Bool {
      let behind = samples.count - start - steps
      return behind >= 0 && behind % stride == 0
    }

    mutating func push(_ sample: Float) -> [Float]? {
      samples.append(sample)
      return isDue(from: doubt ?? 0) ? samples.suffix(steps) : nil
    }

    /// The window that would be due if nothing was missing, where it spans the place in doubt.
    var inDoubt: [Float]? {
      guard let doubt, samples.count - doubt < steps, samples.count > doubt, isDue(from: 0) else {
        return nil
      }
      return samples.suffix(steps)
    }

    mutating func breakOff() {
      if let doubt { samples.removeFirst(doubt) }
      doubt = nil
    }
  }

  @Test func `a slow model says the same`() {
    var random = SeededGenerator("doubt")
    for _ in 0..<200 {
      let (steps, stride) = (
        Int.random(in: 1...9, using: &random), Int.random(in: 1...12, using: &random)
      )
      var window = SlidingWindow(steps: steps, axes: 1, stride: stride)
      var slow = Slow(steps: steps, stride: stride)
      for step in 0..<100 {
        switch Int.random(in: 0..<20, using: &random) {
        case 0 where slow.doubt == nil:
          window.doubt()
          slow.doubt = slow.samples.count
        case 1:
          window.trust()
          slow.doubt = nil
        case 2:
          window.breakOff()
          slow.breakOff()
        case 3:
          window.reset()
          (slow.samples, slow.doubt) = ([], nil)
        default:
          let isDue = [Float(step)].withUnsafeBufferPointer { window.append($0) }
          let expected = slow.push(Float(step))
          #expect((isDue ? Array(window.oldestFirst) : nil) == expected)
          let isInDoubt = window.isDueInDoubt
          #expect((isInDoubt ? Array(window.oldestFirst) : nil) == slow.inDoubt)
        }
      }
    }
  }
}
