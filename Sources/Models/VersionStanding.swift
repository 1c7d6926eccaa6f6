/// What this board does with a version that a registry has for it.
package enum VersionStanding: Equatable {
  /// The version scores.
  case active
  /// The version scores since it passed its trial. The core watches it while its probation runs.
  case activeAfterTrial(isWatched: Bool, TrialFigures?)
  /// The version is on trial beside the version that scores.
  case onTrial(beside: String)
  /// Sync does not fetch the version, although no fault of it is known.
  case heldBack(HoldBack)
  /// The version was no good, and the version `staying` stays.
  case refused(reason: String, staying: String?)
  /// The version was installed, and did not prove itself. `against` is the version that it differs
  /// from too much; nil where the fault is another one.
  case failed(TrialVerdict.Outcome, against: String?, reason: String, TrialFigures?)
  case installed
  /// The version scored before, and another version scores now.
  case replaced(by: String)
  /// An older agent kept only these words.
  case told(String)

  package enum HoldBack: Equatable {
    case pinned(at: String)
    case older(than: String)
  }

  /// Whether the version scores.
  package var isActive: Bool {
    switch self {
    case .active, .activeAfterTrial: true
    case .onTrial, .heldBack, .refused, .failed, .installed, .replaced: false
    // Older agents kept only words. For a version that scores, the words began so.
    case .told(let text): text.hasPrefix("active")
    }
  }
}

/// What a core counted in a trial.
package struct TrialFigures: Equatable {
  package let windows: Int64
  /// 0…1
  package let agreement: Double?
  /// 99 of 100 inferences took at most so long, in microseconds.
  package let p99: Double?

  package init(windows: Int64, agreement: Double?, p99: Double?) {
    self.windows = windows
    self.agreement = agreement
    self.p99 = p99
  }
}

extension TrialVerdict {
  /// Nil where the trial counted no window.
  var figures: TrialFigures? {
    guard windows > 0 else { return nil }
    return TrialFigures(windows: windows, agreement: agreement, p99: inference?.p99)
  }
}

extension InstalledVersions {
  /// What this board does with an installed version; nil where an update still has something to do.
  ///
  /// - Parameter policy: with `.waived` there is something to do for a version on trial.
  @export(interface)
  package func standing(
    of version: String, _ policy: TrialPolicy = .asked
  ) -> VersionStanding? {
    let verdict = verdict(of: version)
    if current == version {
      guard let verdict, verdict.outcome == .passed else { return .active }
      return .activeAfterTrial(isWatched: verdict.probation == .running, verdict.figures)
    }
    if candidate == version {
      return policy == .waived ? nil : .onTrial(beside: current ?? "")
    }
    guard let verdict = barrier(to: version, policy) else { return nil }
    return .failed(
      verdict.outcome, against: verdict.pair, reason: verdict.reason, verdict.figures)
  }

  /// Why the agent does not bring a version to this board.
  package enum Obstacle: Equatable {
    /// The folder needs the name for something else.
    case reserved
    case pinned(at: String)
    case older(than: String)
    /// The version was no good on this board; `against` as in `ModelsError.triedBefore`.
    case tried(reason: String, against: String?)
  }

  /// - Parameter isChosen: a person or an alias names the version. Then it may be older.
  /// - Returns: nil when nothing speaks against the version.
  @export(interface)
  package func obstacle(
    to version: String, isChosen: Bool, _ policy: TrialPolicy = .notAsked
  ) -> Obstacle? {
    guard Self.isVersion(version) else { return .reserved }
    let current = current
    guard current != version else { return nil }
    if let current {
      if isPinned { return .pinned(at: current) }
      if !isChosen, ModelsFolder.isOlder(version, than: current) { return .older(than: current) }
    }
    guard let verdict = barrier(to: version, policy) else { return nil }
    return .tried(reason: verdict.reason, against: verdict.pair)
  }

  /// Throws the obstacle as an error, if there is one.
  package func checkObstacle(
    to version: String, isChosen: Bool, _ policy: TrialPolicy = .notAsked
  ) throws(ModelsError) {
    switch obstacle(to: version, isChosen: isChosen, policy) {
    case .reserved?: throw .reserved(version: version)
    case .pinned(let current)?: throw .pinned(model: name, version: current)
    case .tried(let reason, let against)?:
      throw .triedBefore(model: name, version: version, reason: reason, against: against)
    case .older(let current)?:
      throw .overtaken(model: name, version: version, current: current)
    case nil: return
    }
  }
}
