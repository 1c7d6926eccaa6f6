import Models
import Text

/// A standing as `sync.json` keeps it: `{"is":"refused","reason":"…","version":"1"}`. A standing
/// without such a form stays in words.
extension VersionStanding {
  /// Nil for a value that this version of the agent does not write.
  init?(_ value: JSONValue) {
    guard let kind = value["is"]?.string else { return nil }
    let (version, reason) = (value["version"]?.string, value["reason"]?.string ?? "")
    let figures = TrialFigures(value)
    switch (kind, version) {
    case (StandingKind.active, _): self = .active
    case (StandingKind.activeAfterTrial, _):
      self = .activeAfterTrial(isWatched: value["watched"]?.bool ?? false, figures)
    case (StandingKind.onTrial, let version?): self = .onTrial(beside: version)
    case (StandingKind.pinned, let version?): self = .heldBack(.pinned(at: version))
    case (StandingKind.older, let version?): self = .heldBack(.older(than: version))
    case (StandingKind.refused, _): self = .refused(reason: reason, staying: version)
    case (StandingKind.installed, _): self = .installed
    case (StandingKind.replaced, let version?): self = .replaced(by: version)
    default:
      guard let outcome = TrialVerdict.Outcome(rawValue: kind) else { return nil }
      self = .failed(outcome, against: version, reason: reason, figures)
    }
  }

  /// False for `.told`, which is words and has no members.
  var hasForm: Bool {
    if case .told = self { false } else { true }
  }

  /// Writes the members of the object.
  @export(interface)
  func put(into writer: inout JSONWriter) {
    switch self {
    case .active: writer.member("is", StandingKind.active)
    case .activeAfterTrial(let isWatched, let figures):
      writer.member("is", StandingKind.activeAfterTrial)
      writer.member("watched", isWatched)
      figures?.put(into: &writer)
    case .onTrial(let version): Self.put(StandingKind.onTrial, version, into: &writer)
    case .heldBack(.pinned(let version)): Self.put(StandingKind.pinned, version, into: &writer)
    case .heldBack(.older(let version)): Self.put(StandingKind.older, version, into: &writer)
    case .refused(let reason, let version):
      writer.member("is", StandingKind.refused)
      writer.member("reason", reason)
      if let version { writer.member("version", version) }
    case .failed(let outcome, let against, let reason, let figures):
      writer.member("is", outcome.rawValue)
      writer.member("reason", reason)
      if let against { writer.member("version", against) }
      figures?.put(into: &writer)
    case .installed: writer.member("is", StandingKind.installed)
    case .replaced(let version): Self.put(StandingKind.replaced, version, into: &writer)
    case .told: break
    }
  }

  private static func put(_ kind: String, _ version: String, into writer: inout JSONWriter) {
    writer.member("is", kind)
    writer.member("version", version)
  }
}

extension TrialFigures {
  fileprivate init?(_ value: JSONValue) {
    guard let windows = value["windows"]?.int64 else { return nil }
    self.init(
      windows: windows, agreement: value["agreement"]?.double, p99: value["p99_us"]?.double)
  }

  /// Writes the figures, and leaves out those that are missing.
  fileprivate func put(into writer: inout JSONWriter) {
    writer.member("windows", windows)
    if let agreement { writer.member("agreement", agreement) }
    if let p99 { writer.member("p99_us", p99) }
  }
}

/// The values of `is`. For a failed trial, `is` has the outcome instead.
private enum StandingKind {
  static let active = "active"
  static let activeAfterTrial = "active after a trial"
  static let onTrial = "on trial"
  static let pinned = "pinned"
  static let older = "older"
  static let refused = "refused"
  static let installed = "installed"
  static let replaced = "replaced"
}
