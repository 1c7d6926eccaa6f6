/// Finds the gaps in a sensor's samples by the times of their arrival.
///
///     steady ── a pause longer than the limit ──> doubtful
///     doubtful ── the next sample comes at its usual pace ──> steady: it was a gap
///     doubtful ── samples come faster until what was missing is there ──> steady: it was none
///     doubtful ── they come faster for as long as a gap lasts, and are too few ──> steady: a gap
///
/// A pause alone proves nothing: a radio or a busy sender keeps samples back and then delivers them
/// at once. So a pause is in doubt until the next sample: samples that were kept back follow each
/// other at less than half their period. While it is in doubt, no window that spans it is scored,
/// and those behind it are.
///
/// A device's own clock knows better, and then there is no doubt.
///
/// Hot: allocates nothing; constant time.
struct GapWatch: BitwiseCopyable {
  enum Verdict: Equatable {
    /// The sample continues those before it, or continues a doubt.
    case none
    /// A pause, perhaps a gap: windows must not span it, and must not be forgotten yet.
    case doubt
    /// The pause in doubt was a gap of that length, before the sample that raised the doubt. Where
    /// this sample comes after a pause of its own, that one is in doubt now.
    case gap(nanoseconds: Int64, isInDoubtAgain: Bool)
    /// The pause in doubt was none.
    case noGap
    /// A gap of that length before this sample.
    case gapHere(nanoseconds: Int64)
  }

  /// A pause beyond this is a gap, unless it is made up for: three samples, and never less than a
  /// busy machine may be late by.
  static func limit(periodNanoseconds: Int64) -> Int64 {
    max(3 * min(periodNanoseconds, .max / 8), 300_000_000)
  }

  private let period: Int64
  private let limit: Int64
  private var last: Int64?
  /// The device's own time of that sample.
  private var lastOfDevice: Int64?
  /// The pause in doubt, and how much of it later samples have not made up for.
  private var pause: Int64 = 0
  private var missing: Int64 = 0
  private var doubtedAt: Int64 = 0
  private var countSince: Int64 = 0
  /// The next pause is in no doubt.
  private var isCertain = false

  /// - Parameter rateHertz: as declared.
  init(rateHertz: Double) {
    period = Int64(1e9 / rateHertz)
    limit = Self.limit(periodNanoseconds: period)
  }

  var isInDoubt: Bool { pause > 0 }

  /// A sample arrived at `time`, CLOCK_BOOTTIME in nanoseconds.
  mutating func sample(at time: Int64) -> Verdict {
    guard let before = last else {
      last = time
      return .none
    }
    last = max(before, time)
    let spacing = max(0, time - before)
    guard pause > 0 else {
      defer { isCertain = false }
      guard spacing > (isCertain ? period / 2 * 3 : limit) else { return .none }
      guard !isCertain else { return .gapHere(nanoseconds: spacing) }
      beginDoubt(spacing, at: time)
      return .doubt
    }
    countSince += 1
    // Batches that follow each other have pauses between them: the mean counts.
    let isUsualPace = spacing >= period / 2 && (time - doubtedAt) / (period / 2 + 1) >= countSince
    if isUsualPace { return settleGap(spacing, at: time) }
    // A sensor that is a tenth slower than declared is as declared, and so are its batches.
    missing -= period / 10 * 11 - spacing
    if missing <= limit / 2 {
      pause = 0
      return .noGap
    }
    return time - doubtedAt > limit ? settleGap(spacing, at: time) : .none
  }

  /// The same by the device's own clock, in nanoseconds, which may say anything. A clock that went
  /// back began anew, and then the arrival says how long the gap was.
  mutating func sample(atDevice time: Int64, arrival: Int64) -> Verdict {
    defer { (lastOfDevice, last, isCertain) = (time, arrival, false) }
    guard let before = lastOfDevice, let arrived = last else { return .none }
    let silence = max(0, arrival - arrived)
    let (step, overflows) = time.subtractingReportingOverflow(before)
    if overflows || step < 0 { return .gapHere(nanoseconds: silence) }
    if isCertain, silence > period / 2 * 3 { return .gapHere(nanoseconds: silence) }
    return step > limit ? .gapHere(nanoseconds: step) : .none
  }

  /// The device was unplugged: what it measured meanwhile is lost, however soon it is back. One
  /// that is back within its period has lost nothing: a program may connect for each sample.
  mutating func interrupt() { isCertain = true }

  /// The sensor is stale: the pause that ends with the next sample is in no doubt.
  ///
  /// - Returns: a pause that was in doubt, which is a gap then.
  mutating func becomeStale() -> Int64? {
    let doubted = pause
    (pause, missing, isCertain) = (0, 0, true)
    return doubted > 0 ? doubted : nil
  }

  /// - Parameter spacing: between this sample and the one before it.
  private mutating func settleGap(_ spacing: Int64, at time: Int64) -> Verdict {
    defer {
      pause = 0
      if spacing > limit { beginDoubt(spacing, at: time) }
    }
    return .gap(nanoseconds: pause, isInDoubtAgain: spacing > limit)
  }

  private mutating func beginDoubt(_ spacing: Int64, at time: Int64) {
    (pause, missing, doubtedAt, countSince) = (spacing, spacing - period, time, 0)
  }
}
