import System

/// What recordings have cost of the link today, kept across starts.
///
/// Sync may be started again and again, and a board's clock may stand at 1970 after each boot and
/// be set later. Neither may make a day's bytes endless, so a new day begins only with a date later
/// than every date before. Without such a date it begins 24 hours after the last one, counted in
/// one boot: perhaps no clock is ever set, and a date that was ahead by years has to pass.
struct RecordingBudget: Equatable {
  /// A moment, by both clocks.
  struct Moment: Equatable {
    /// Since 1970, as far as the board knows.
    var seconds: Int64
    var boot: String
    /// CLOCK_BOOTTIME of that boot, in nanoseconds.
    var at: Int64
  }

  private static let dayNanoseconds: Int64 = 86_400_000_000_000

  /// Days since 1970.
  var day: Int64 = 0
  var bytes: Int64 = 0
  /// When the day began for this boot, as CLOCK_BOOTTIME of it.
  var boot = ""
  var since: Int64 = 0

  /// Bytes that may still go.
  mutating func left(of bytesPerDay: Int64, at now: Moment) -> Int64 {
    turn(now)
    return bytesPerDay > bytes ? bytesPerDay - bytes : 0
  }

  /// Counts bytes before they go: an end of the process in between costs no more than it did.
  mutating func reserve(_ count: Int64) { add(count) }

  /// Counts what went in the place of what was reserved.
  mutating func settle(reserved: Int64, spent: Int64) {
    bytes = max(0, bytes - max(0, reserved))
    add(spent)
  }

  private mutating func add(_ count: Int64) {
    bytes = min(bytes, .max - max(0, count)) + max(0, count)
  }

  private mutating func turn(_ now: Moment) {
    let today = RequestBudget.day(max(0, now.seconds))
    if boot != now.boot || now.at < since { (boot, since) = (now.boot, now.at) }
    // Neither is below 0.
    guard today > day || now.at - since >= Self.dayNanoseconds else { return }
    (day, bytes, since) = (today, 0, now.at)
  }
}
