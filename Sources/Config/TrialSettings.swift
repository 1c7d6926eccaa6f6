/// `trial` of a `[[pipeline]]`: what a candidate must achieve beside the active version before it
/// takes over.
package struct TrialSettings: Equatable, Sendable {
  /// The windows that both versions score. Few windows prove little; a thousand take minutes to
  /// hours.
  package var windows: Int64 = 1000
  /// The least share of these windows in which both versions must agree, 0…1.
  var agreement = 0.95
  /// At most one in a hundred inferences of the candidate may take longer than this; nil means the
  /// pipeline's deadline.
  package var latencyNanoseconds: Int64? = nil
  /// The candidate must have its windows within this time. A day covers everything that repeats
  /// daily.
  package var timeNanoseconds: Int64 = 24 * 3_600_000_000_000
  /// The greatest share of late windows in the probation, 0…1.
  var late = 0.01
  /// No registry can waive the trial.
  package var always = false

  /// In so many of the windows the versions may disagree. A little is added or taken off before
  /// rounding, because 0.07 · 100 is a little above 7.
  package var disagreementsMax: Int64 {
    windows - Int64((agreement * Double(windows) - 1e-6).rounded(.up))
  }

  /// So many inferences of the candidate may be slow.
  package var slowMax: Int64 { windows / 100 }

  /// So many windows of the probation may be late.
  package var lateMax: Int64 { Int64((late * Double(windows) + 1e-6).rounded(.down)) }
}
