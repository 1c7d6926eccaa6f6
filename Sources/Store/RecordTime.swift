import System

/// The wall times of records that were stored in this boot. A record without a time, or with the
/// time of a wrong clock, has the time that the present clock gives for its `at`.
enum RecordTime {
  /// - Parameters:
  ///   - known: the record's time, in nanoseconds since 1970; nil for none.
  ///   - boot: the record's boot, and `present`: that of now; "" where the Linux kernel does not
  ///     tell it.
  ///   - now: CLOCK_BOOTTIME at the moment `wall`.
  /// - Returns: nil where the time is right as far as the clock tells, or the clock tells nothing
  ///   of it.
  static func better(
    than known: Int64?, at: Int64, of boot: String, in present: String, wall: Int64, now: Int64
  ) -> Int64? {
    guard Clock.plausible(wall) != nil, !boot.isEmpty, boot == present else { return nil }
    // The arithmetic wraps: a damaged file may hold any number, and any number is then just a
    // wrong time.
    let time = wall &- (now &- at)
    let error = known.map { ($0 &- time).magnitude } ?? .max
    guard error > OutboxLimits.clockErrorNanosecondsMax else { return nil }
    return Clock.plausible(time)
  }
}
