/// Measures how many samples a second a sensor brings, and tells when that is not what the
/// configuration declares: a model that was trained at 50 Hz sees a fall at 10 Hz as none.
///
/// It counts over ten seconds at least, and over twenty samples. Pauses that were gaps do not count
/// as time.
///
/// Hot: allocates nothing; constant time.
struct RateWatch: BitwiseCopyable {
  /// A rate that became another, or came back.
  struct News: Equatable {
    let measuredHertz: Double
    let isAsDeclared: Bool
  }

  /// Beyond this share of the declared rate it is told; below half of it, it is as declared again.
  static let departureMax = 0.1
  static let nanosecondsMin: Int64 = 10_000_000_000
  static let samplesMin: Int64 = 20

  private let declared: Double
  private var first: Int64?
  private var paused: Int64 = 0
  private var count: Int64 = 0
  private(set) var measuredHertz: Double?
  private(set) var isAsDeclared = true

  init(rateHertz: Double) { declared = rateHertz }

  /// A sample arrived at that time, CLOCK_BOOTTIME in nanoseconds.
  mutating func sample(at time: Int64) -> News? {
    guard let first, time >= first else {
      (first, paused, count) = (time, 0, 0)
      return nil
    }
    count += 1
    // What a device calls a gap may be any number.
    let (span, overflows) = (time - first).subtractingReportingOverflow(paused)
    if overflows || span < 0 { (self.first, paused, count) = (time, 0, 0) }
    guard span >= Self.nanosecondsMin, count >= Self.samplesMin else { return nil }
    let measured = Double(count) * 1e9 / Double(span)
    (self.first, paused, count, measuredHertz) = (time, 0, 0, measured)
    let departure = (measured - declared).magnitude / declared
    let isSo = departure <= (isAsDeclared ? Self.departureMax : Self.departureMax / 2)
    guard isSo != isAsDeclared else { return nil }
    isAsDeclared = isSo
    return News(measuredHertz: measured, isAsDeclared: isSo)
  }

  /// There was a gap of that length: no samples were due in it.
  mutating func gap(nanoseconds: Int64) {
    paused = min(max(0, nanoseconds), .max - paused) + paused
  }

  /// The sensor's time begins anew.
  mutating func restart() { first = nil }
}
