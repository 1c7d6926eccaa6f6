/// The last `steps` samples of `axes` values each, oldest first. A window is due every `stride`
/// samples once the first window is full.
///
/// Each sample is stored twice, `steps` apart, so that any window is one run of memory. This copies
/// a few values for each sample, instead of the whole window for each score.
package struct SlidingWindow: ~Copyable {
  package let steps: Int
  package let axes: Int
  package let stride: Int
  private let storage: UnsafeMutablePointer<Float>
  /// Where the next sample goes, in 0 ..< steps.
  private var next = 0
  /// Samples held, up to `steps`.
  private var held = 0
  private var samplesUntilDue: Int
  /// Samples since the place before which others may be missing; nil where no place is in doubt.
  private var sinceDoubt: Int?
  /// With the last sample a window was complete that spans that place.
  package private(set) var isDueInDoubt = false

  /// - Parameters:
  ///   - steps: samples in a window, in 1...`RuntimeLimits.windowStepsMax`
  ///   - axes: values in a sample, in 1...`RuntimeLimits.axesMax`
  ///   - stride: samples between windows, in 1...`RuntimeLimits.windowStepsMax`
  package init(steps: Int, axes: Int, stride: Int) {
    precondition(steps >= 1 && steps <= RuntimeLimits.windowStepsMax)
    precondition(axes >= 1 && axes <= RuntimeLimits.axesMax)
    precondition(stride >= 1 && stride <= RuntimeLimits.windowStepsMax)
    (self.steps, self.axes, self.stride) = (steps, axes, stride)
    storage = .allocate(capacity: 2 * steps * axes)
    storage.initialize(repeating: 0, count: 2 * steps * axes)
    samplesUntilDue = steps
  }

  deinit { storage.deallocate() }

  /// Takes one sample of `axes` values and forgets the oldest. Hot.
  ///
  /// - Returns: whether a window is due. While a place is in doubt, none that spans it is.
  package mutating func append(_ sample: UnsafeBufferPointer<Float>) -> Bool {
    precondition(sample.count == axes)
    let (low, high) = (storage + next &* axes, storage + (next &+ steps) &* axes)
    for axis in 0..<axes {
      low[axis] = sample[axis]
      high[axis] = sample[axis]
    }
    next = next &+ 1 == steps ? 0 : next &+ 1
    held = min(held &+ 1, steps)
    samplesUntilDue &-= 1
    let isDue = samplesUntilDue == 0
    if isDue { samplesUntilDue = stride }
    guard let count = sinceDoubt else { return isDue }
    sinceDoubt = count &+ 1
    isDueInDoubt = isDue && count &+ 1 < steps
    return count &+ 1 >= steps && (count &+ 1 &- steps) % stride == 0
  }

  /// Before the next sample others may be missing. Until that is known, a window is due only where
  /// it is wholly behind that place: after `steps` samples, then after every `stride` samples. One
  /// that spans it is `isDueInDoubt`. Hot.
  package mutating func doubt() { (sinceDoubt, isDueInDoubt) = (0, false) }

  /// No samples were missing: the windows go on as if there had been no doubt. Hot.
  package mutating func trust() { (sinceDoubt, isDueInDoubt) = (nil, false) }

  /// Samples were missing: those before that place are forgotten, those behind it stay. Hot.
  package mutating func breakOff() {
    // A reset since the doubt has left none before it.
    guard let kept = sinceDoubt else { return }
    held = min(held, kept)
    samplesUntilDue = kept < steps ? steps - kept : stride - (kept - steps) % stride
    trust()
  }

  /// Bytes that it allocates.
  var byteCount: Int { 2 * steps * axes * MemoryLayout<Float>.stride }

  package var isFull: Bool { held == steps }

  /// The samples held, `[≤ steps, axes]`, oldest first; valid until the next `append`.
  package var oldestFirst: UnsafeBufferPointer<Float> { newest(held) }

  /// Those of them that belong together for certain: behind a place in doubt.
  package var oldestCertainFirst: UnsafeBufferPointer<Float> {
    newest(min(held, sinceDoubt ?? held))
  }

  private func newest(_ count: Int) -> UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: storage + (next + steps - count) * axes, count: count * axes)
  }

  /// Forgets every sample. For use after a gap: the next samples do not continue the earlier ones.
  package mutating func reset() {
    (next, held, samplesUntilDue) = (0, 0, steps)
    trust()
  }
}
