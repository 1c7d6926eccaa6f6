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
  /// A window that spans that place was due.
  private var isOverdue = false

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
    guard count &+ 1 >= steps else {
      isOverdue = isOverdue || isDue
      return false
    }
    return (count &+ 1 &- steps) % stride == 0
  }

  /// Before the next sample others may be missing. Until that is known, a window is due only where
  /// it is wholly behind that place: after `steps` samples, then after every `stride` samples.
  /// Hot.
  package mutating func doubt() { (sinceDoubt, isOverdue) = (0, false) }

  /// No samples were missing: the windows go on as if there had been no doubt. Hot.
  ///
  /// - Returns: whether a window is due now, since it was kept back.
  package mutating func trust() -> Bool {
    defer { (sinceDoubt, isOverdue) = (nil, false) }
    guard let sinceDoubt else { return false }
    return isOverdue && sinceDoubt < steps
  }

  /// Samples were missing: those before that place are forgotten, those behind it stay. Hot.
  package mutating func breakOff() {
    // A reset since the doubt has left none before it.
    guard let kept = sinceDoubt else { return }
    held = min(held, kept)
    samplesUntilDue = kept < steps ? steps - kept : stride - (kept - steps) % stride
    (sinceDoubt, isOverdue) = (nil, false)
  }

  /// Bytes that it allocates.
  var byteCount: Int { 2 * steps * axes * MemoryLayout<Float>.stride }

  package var isFull: Bool { held == steps }

  /// The samples held, `[≤ steps, axes]`, oldest first; while a place is in doubt, those behind it.
  /// Valid until the next `append`.
  package var oldestFirst: UnsafeBufferPointer<Float> {
    let count = min(held, sinceDoubt ?? held)
    return UnsafeBufferPointer(start: storage + (next + steps - count) * axes, count: count * axes)
  }

  /// Forgets every sample. For use after a gap: the next samples do not continue the earlier ones.
  package mutating func reset() {
    (next, held, samplesUntilDue) = (0, 0, steps)
    (sinceDoubt, isOverdue) = (nil, false)
  }
}
