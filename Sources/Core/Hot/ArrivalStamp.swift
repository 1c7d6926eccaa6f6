/// When bytes arrived, as far as the hot thread can know. It never says less waiting than there
/// was.
struct ArrivalStamp: BitwiseCopyable, Sendable {
  /// CLOCK_BOOTTIME in nanoseconds; the bytes arrived then or later.
  var time: Int64
  /// What candidates had taken of the hot thread's time by then, in nanoseconds.
  var candidateNanoseconds: Int64 = 0
}

/// The stamps of one round's bytes.
///
/// Where the poller waited, the bytes arrived when it returned. Where it did not, they may have
/// arrived at any moment since its return before, while the thread was busy.
struct RoundClock: BitwiseCopyable {
  /// The stamp of what the poller has just reported.
  private(set) var stamp: ArrivalStamp
  private var returned: ArrivalStamp

  init(_ now: ArrivalStamp) { (stamp, returned) = (now, now) }

  /// Hot.
  mutating func pollerReturned(at now: ArrivalStamp, hasWaited: Bool) {
    stamp = hasWaited ? now : returned
    returned = now
  }
}
