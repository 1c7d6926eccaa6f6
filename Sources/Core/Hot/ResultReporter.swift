import Config

/// Decides which scores of one pipeline go to the outbox, and sums up those that do not. Pure
/// except for the queue at its end: no clock, the same answers for the same scores and times.
///
/// Hot: its buffers are made at start.
final class ResultReporter {
  private let pipeline: Int
  private let policy: ReportPolicy
  private var labelCount: Int
  private let queue: OutboxQueue
  private var pending: StoredResult
  private let sums: UnsafeMutableBufferPointer<Double>
  private var hasStored = false

  static let byteCount =
    MemoryLayout<StoredResult>.stride + StoredResult.labelsMax * MemoryLayout<Double>.stride

  init(pipeline: Int, policy: ReportPolicy, labelCount: Int, queue: OutboxQueue) {
    precondition(labelCount <= StoredResult.labelsMax)
    (self.pipeline, self.policy, self.queue) = (pipeline, policy, queue)
    self.labelCount = labelCount
    pending = StoredResult(
      pipeline: pipeline, version: 0, windowCount: 0, sample: 0, from: 0, at: 0,
      values: StoredResult.Values(repeating: 0))
    sums = .allocate(capacity: StoredResult.labelsMax)
    sums.initialize(repeating: 0)
  }

  deinit { sums.deallocate() }

  /// Hot: the scores of a window whose last sample arrived at that time (CLOCK_BOOTTIME,
  /// nanoseconds).
  func take(_ scores: UnsafeBufferPointer<Float>, sample: Int64, at time: Int64) {
    switch policy {
    case .none: return
    case .all: store(scores, sample, time)
    case .every(let period):
      if !hasStored || time - pending.at >= period { store(scores, sample, time) }
    case .change(let band):
      if !hasStored || hasLeft(band, scores) { store(scores, sample, time) }
    case .summary(let period):
      if pending.windowCount > 0 && time - pending.from >= period { flush() }
      sum(scores, sample, time)
    }
  }

  /// Hot: another version scores from now on. The old version's summary ends, so that no summary
  /// mixes two versions.
  func begin(version: Int, labelCount: Int) {
    flush()
    precondition(labelCount <= StoredResult.labelsMax)
    (self.labelCount, pending.version, hasStored) = (labelCount, version, false)
    sums.update(repeating: 0)
  }

  /// Hot: puts the summary of the period so far into the queue, if there is one. At the end, too.
  func flush() {
    guard case .summary = policy, pending.windowCount > 0 else { return }
    for label in 0..<labelCount {
      pending.values[2 * labelCount + label] = Float(sums[label] / Double(pending.windowCount))
      sums[label] = 0
    }
    queue.put(pending)
    pending.windowCount = 0
  }

  private func store(_ scores: UnsafeBufferPointer<Float>, _ sample: Int64, _ time: Int64) {
    for label in 0..<labelCount { pending.values[label] = scores[label] }
    (pending.sample, pending.from, pending.at, hasStored) = (sample, time, time, true)
    queue.put(pending)
  }

  /// From a number to NaN is a change, and back; from NaN to NaN is none.
  private func hasLeft(_ band: Float, _ scores: UnsafeBufferPointer<Float>) -> Bool {
    for label in 0..<labelCount {
      let (last, now) = (pending.values[label], scores[label])
      if last.isNaN != now.isNaN || (now - last).magnitude > band { return true }
    }
    return false
  }

  private func sum(_ scores: UnsafeBufferPointer<Float>, _ sample: Int64, _ time: Int64) {
    let isFirst = pending.windowCount == 0
    if isFirst { pending.from = time }
    for label in 0..<labelCount {
      let score = scores[label]
      let (least, greatest) = (pending.values[label], pending.values[labelCount + label])
      pending.values[label] = isFirst ? score : min(least, score)
      pending.values[labelCount + label] = isFirst ? score : max(greatest, score)
      sums[label] += Double(score)
    }
    pending.windowCount += 1
    (pending.sample, pending.at) = (sample, time)
  }
}
