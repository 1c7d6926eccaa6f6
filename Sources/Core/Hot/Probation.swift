import Config

/// The first windows of a version that took over after a trial. Pure: no clock, no model.
///
/// Hot: allocates nothing.
struct Probation: BitwiseCopyable, Equatable, Sendable {
  let settings: Limits
  private(set) var windows: Int64 = 0
  private(set) var late: Int64 = 0
  /// Windows with a score that is no number.
  private(set) var faults: Int64 = 0

  struct Limits: BitwiseCopyable, Equatable, Sendable {
    let windows: Int64
    let lateMax: Int64
  }

  init(_ settings: TrialSettings) {
    self.settings = Limits(windows: settings.windows, lateMax: settings.lateMax)
  }

  mutating func scored(isLate: Bool, isFinite: Bool) {
    windows += 1
    if isLate { late += 1 }
    if !isFinite { faults += 1 }
  }

  /// Nil while it goes on.
  var isPassed: Bool? {
    if faults > 0 || late > settings.lateMax { return false }
    return windows >= settings.windows ? true : nil
  }
}
