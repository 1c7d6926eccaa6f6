/// `trial` of a `[[pipeline]]`: what a new version has to do beside the one that scores before it
/// takes over.
package struct TrialSettings: Equatable, Sendable {
  /// Windows that both versions score. Few prove little; a thousand are minutes to hours.
  package var windows: Int64 = 1000
  /// The least share of them in which both give the same verdict, 0…1.
  var agreement = 0.95
  /// What at most one inference of the new version in a hundred may exceed; the pipeline's deadline
  /// when nil.
  package var latencyNanoseconds: Int64? = nil
  /// By then the windows must be together. A day sees what a day brings.
  package var timeNanoseconds: Int64 = 24 * 3_600_000_000_000
  /// The greatest share of late windows in the time after it took over, 0…1.
  var late = 0.01

  /// So many of the windows may differ. A little off, because 0.07 · 100 is a little above 7.
  package var disagreementsMax: Int64 {
    windows - Int64((agreement * Double(windows) - 1e-6).rounded(.up))
  }

  /// So many inferences may be slow.
  package var slowMax: Int64 { windows / 100 }

  /// So many windows after taking over may be late.
  package var lateMax: Int64 { Int64((late * Double(windows) + 1e-6).rounded(.down)) }
}
