import Config

/// What a candidate did so far, in numbers of fixed size, and what follows from them. Pure: no
/// clock, no model.
///
/// Hot: allocates nothing.
struct TrialStatistics: BitwiseCopyable, Sendable {
  /// Windows that both versions scored, and those with the same verdict.
  private(set) var windows: Int64 = 0
  private(set) var agreements: Int64 = 0
  /// Inferences of the new version: more than windows where it scores more often.
  private(set) var runs = DurationHistogram()
  private(set) var slowRuns: Int64 = 0
  /// Windows with a score that is no number.
  private(set) var faults: Int64 = 0
  /// Windows of the current version that were late, and would not have been without the trial.
  private(set) var delays: Int64 = 0
  /// Whether the scores of the candidate, and of the current version, ever changed.
  private(set) var hasChanged = false
  private(set) var hasCurrentChanged = false

  mutating func ran(nanoseconds: Int64, limit: Int64, isFinite: Bool) {
    runs.record(nanoseconds)
    if nanoseconds > limit { slowRuns += 1 }
    if !isFinite { faults += 1 }
  }

  mutating func compared(agrees: Bool, hasChanged: Bool, hasCurrentChanged: Bool) {
    windows += 1
    if agrees { agreements += 1 }
    self.hasChanged = self.hasChanged || hasChanged
    self.hasCurrentChanged = self.hasCurrentChanged || hasCurrentChanged
  }

  mutating func delayedCurrent() { delays += 1 }

  /// The share of windows with the same verdict; nil before the first.
  var agreement: Double? { windows == 0 ? nil : Double(agreements) / Double(windows) }

  /// Nil while the trial goes on. A fault that cannot be made good again ends it at once: a model
  /// that is of no use should not take the board's time.
  func outcome(_ settings: TrialSettings) -> TrialOutcome? {
    if faults > 0 { return .failed(.notFinite) }
    if delays > 0 { return .failed(.delays) }
    if slowRuns > settings.slowMax { return .failed(.slow) }
    if windows - agreements > settings.disagreementsMax { return .failed(.disagrees) }
    guard windows >= settings.windows else { return nil }
    return !hasChanged && hasCurrentChanged ? .failed(.stuck) : .passed
  }
}

enum TrialOutcome: Equatable, Sendable {
  case passed
  case failed(TrialFault)

  /// The fault shows only beside the other version: the other one may be the wrong one.
  var isOfPair: Bool { self == .failed(.disagrees) || self == .failed(.stuck) }
}

/// What speaks against a version.
enum TrialFault: Equatable, Sendable {
  case disagrees, slow
  /// A score was no number.
  case notFinite
  /// Its scores never changed, and those of the current version did.
  case stuck
  /// It made the current version late.
  case delays
}
