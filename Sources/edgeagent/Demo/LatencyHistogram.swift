/// Keeps every duration, so its percentiles are exact.
struct LatencyHistogram {
  private var nanoseconds: [Int64] = []
  private var isSorted = true

  init(capacity: Int) { nanoseconds.reserveCapacity(capacity) }

  var count: Int { nanoseconds.count }

  mutating func record(_ duration: Int64) {
    nanoseconds.append(duration)
    isSorted = false
  }

  /// The smallest duration that at least `fraction` of all do not exceed, in microseconds. Without
  /// durations it is 0.
  mutating func percentile(_ fraction: Double) -> Double {
    guard !nanoseconds.isEmpty else { return 0 }
    if !isSorted { nanoseconds.sort() }
    isSorted = true
    let rank = Int((fraction * Double(nanoseconds.count)).rounded(.up))
    return Double(nanoseconds[min(max(rank, 1), nanoseconds.count) - 1]) / 1000
  }

  mutating func worst() -> Double { percentile(1) }
}
