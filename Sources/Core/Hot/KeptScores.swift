/// Scores of windows that span a pause which may be a gap: they are told once it is known that it
/// was none, and forgotten where it was one. So a sensor that sends in batches loses no window.
///
/// Hot: allocates nothing after `init`; the newest are kept where there are too many.
struct KeptScores: ~Copyable {
  /// Batches of up to so many windows are judged whole.
  static let windowsMax = 16

  private let values: UnsafeMutableBufferPointer<Float>
  private var samples = InlineArray<16, Int64>(repeating: 0)
  private var labelCount = 0
  private var first = 0
  private(set) var count = 0

  /// - Parameter labelCount: of the model; of a later version with more labels nothing is kept.
  init(labelCount: Int) {
    values = .allocate(capacity: Self.windowsMax * labelCount)
    values.initialize(repeating: 0)
  }

  deinit { values.deallocate() }

  /// - Returns: whether all that were kept are still there.
  mutating func keep(_ scores: UnsafeBufferPointer<Float>, sample: Int64) -> Bool {
    guard scores.count * Self.windowsMax <= values.count else { return false }
    if scores.count != labelCount { (labelCount, first, count) = (scores.count, 0, 0) }
    let place = (first + count) % Self.windowsMax
    for label in scores.indices { values[place * labelCount + label] = scores[label] }
    samples[place] = sample
    guard count == Self.windowsMax else {
      count += 1
      return true
    }
    first = (first + 1) % Self.windowsMax
    return false
  }

  /// The oldest, which is forgotten; its scores stand until the next is kept.
  mutating func take() -> (scores: UnsafeBufferPointer<Float>, sample: Int64)? {
    guard count > 0 else { return nil }
    defer {
      first = (first + 1) % Self.windowsMax
      count -= 1
    }
    let begin = first * labelCount
    return (
      UnsafeBufferPointer(rebasing: values[begin..<begin + labelCount]), samples[first]
    )
  }

  mutating func forget() { count = 0 }
}
