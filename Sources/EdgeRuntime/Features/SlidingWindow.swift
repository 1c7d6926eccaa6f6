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
  /// - Returns: whether a window is due.
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
    if samplesUntilDue > 0 { return false }
    samplesUntilDue = stride
    return true
  }

  /// Bytes that it allocates.
  var byteCount: Int { 2 * steps * axes * MemoryLayout<Float>.stride }

  package var isFull: Bool { held == steps }

  /// The samples held, `[≤ steps, axes]`, oldest first; valid until the next `append`.
  package var oldestFirst: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(start: storage + (next + steps - held) * axes, count: held * axes)
  }

  /// Forgets every sample. For use after a gap: the next samples do not continue the earlier ones.
  package mutating func reset() {
    (next, held, samplesUntilDue) = (0, 0, steps)
  }
}
