import Synchronization

/// The outbox thread's sign that records are being lost; the hot thread reads it.
final class LossSign: @unchecked Sendable {
  /// A loss counts for a minute: the condition must outlive the look of the hot thread.
  static let validNanoseconds: Int64 = 60_000_000_000
  private let last = Atomic<Int64>(.min)

  /// Records were lost at that time, CLOCK_BOOTTIME.
  func set(at time: Int64) { last.store(time, ordering: .relaxed) }

  func isSet(at now: Int64) -> Bool {
    let last = last.load(ordering: .relaxed)
    return last != .min && now - last < Self.validNanoseconds
  }
}
