import Models
import Text

extension VersionStanding {
  /// The words that sync tells the owner of a model.
  var words: String {
    switch self {
    case .active: "active"
    case .activeAfterTrial(let isWatched, let figures):
      "active\(isWatched ? ", watched" : "") after a trial\(figures.words)"
    case .onTrial(let current): "on trial beside \(current)"
    case .heldBack(.pinned(let current)): "held back: pinned at \(current)"
    case .heldBack(.older(let current)): "held back: older than \(current)"
    case .refused(let reason, let current):
      "refused: \(reason)" + (current.map { "; \($0) stays" } ?? "")
    case .failed(let outcome, let other, let reason, let figures):
      "refused: \(outcome.rawValue)" + (other.map { " against \($0)" } ?? "")
        + ": \(reason)\(figures.words)"
    case .installed: "installed"
    case .replaced(let version): "replaced by \(version)"
    case .told(let text): text
    }
  }
}

extension TrialFigures? {
  /// ` (1000 windows, agreement 0.987, inference p99 412 us)`
  fileprivate var words: String {
    guard let self else { return "" }
    return " (\(self.windows) window\(self.windows == 1 ? "" : "s")"
      + (self.agreement.map { ", agreement \(Decimal.text($0, decimals: 3))" } ?? "")
      + (self.p99.map { ", inference p99 \(Decimal.text($0, decimals: 0)) us" } ?? "") + ")"
  }
}
