import Models
import Text

/// `{"is":"refused","reason":"…","version":"1"}`, as `sync.json` keeps it. What has no such form is
/// kept in words.
extension VersionStanding {
  /// Nil for what no version of this agent wrote.
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
      self = .failed(outcome, reason: reason, figures)
    }
  }

  /// Nil for words alone.
  var json: String? {
    switch self {
    case .active: Self.object(StandingKind.active)
    case .activeAfterTrial(let isWatched, let figures):
      Self.object(StandingKind.activeAfterTrial, [("watched", "\(isWatched)")] + figures.members)
    case .onTrial(let version): Self.object(StandingKind.onTrial, version: version)
    case .heldBack(.pinned(let version)): Self.object(StandingKind.pinned, version: version)
    case .heldBack(.older(let version)): Self.object(StandingKind.older, version: version)
    case .refused(let reason, let version):
      Self.object(StandingKind.refused, [("reason", JSONText.quoted(reason))], version: version)
    case .failed(let outcome, let reason, let figures):
      Self.object(outcome.rawValue, [("reason", JSONText.quoted(reason))] + figures.members)
    case .installed: Self.object(StandingKind.installed)
    case .replaced(let version): Self.object(StandingKind.replaced, version: version)
    case .told: nil
    }
  }

  private static func object(
    _ kind: String, _ members: [(key: String, json: String)] = [], version: String? = nil
  ) -> String {
    var text = "{\"is\":\(JSONText.quoted(kind))"
    for member in members { text += ",\"\(member.key)\":\(member.json)" }
    if let version { text += ",\"version\":\(JSONText.quoted(version))" }
    return text + "}"
  }
}

extension TrialFigures {
  fileprivate init?(_ value: JSONValue) {
    guard let windows = value["windows"]?.int64 else { return nil }
    self.init(
      windows: windows, agreement: value["agreement"]?.double, p99: value["p99_us"]?.double)
  }
}

extension TrialFigures? {
  fileprivate var members: [(key: String, json: String)] {
    guard let self else { return [] }
    return [
      ("windows", "\(self.windows)"), ("agreement", Self.number(self.agreement)),
      ("p99_us", Self.number(self.p99)),
    ]
  }

  /// As short as may be, and the same when it is read.
  private static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "null" }
    return "\(value)"
  }
}

/// What `is` says; a trial that failed is told by its outcome.
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
