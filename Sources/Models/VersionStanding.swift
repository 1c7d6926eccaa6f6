/// What this board does with a version that a registry has for it.
package enum VersionStanding: Equatable {
  /// It scores.
  case active
  /// It scores since it passed its trial; watched while its probation runs.
  case activeAfterTrial(isWatched: Bool, TrialFigures?)
  /// It is tried beside the version that scores.
  case onTrial(beside: String)
  /// It is not fetched, though no fault of it is known.
  case heldBack(HoldBack)
  /// It was no good, and the version `staying` stays.
  case refused(reason: String, staying: String?)
  /// It was installed, and did not prove itself.
  case failed(TrialVerdict.Outcome, reason: String, TrialFigures?)
  case installed
  /// It scored, and another version does now.
  case replaced(by: String)
  /// What an older agent has kept: nothing but words.
  case told(String)

  package enum HoldBack: Equatable {
    case pinned(at: String)
    case older(than: String)
  }

  /// Whether it scores.
  package var isActive: Bool {
    switch self {
    case .active, .activeAfterTrial: true
    case .onTrial, .heldBack, .refused, .failed, .installed, .replaced: false
    // Older agents kept nothing but words, which began so.
    case .told(let text): text.hasPrefix("active")
    }
  }
}

/// What was counted in a trial.
package struct TrialFigures: Equatable {
  package let windows: Int64
  /// 0…1
  package let agreement: Double?
  /// Of one inference, in microseconds.
  package let p99: Double?

  package init(windows: Int64, agreement: Double?, p99: Double?) {
    self.windows = windows
    self.agreement = agreement
    self.p99 = p99
  }
}

extension TrialVerdict {
  /// Nil where nothing was counted.
  var figures: TrialFigures? {
    guard windows > 0 else { return nil }
    return TrialFigures(windows: windows, agreement: agreement, p99: inference?.p99)
  }
}

extension InstalledVersions {
  /// Nil where there is something to be done about the version.
  @export(interface)
  package func standing(of version: String) -> VersionStanding? {
    let verdict = verdict(of: version)
    if current == version {
      guard let verdict, verdict.outcome == .passed else { return .active }
      return .activeAfterTrial(isWatched: verdict.probation == .running, verdict.figures)
    }
    if candidate == version { return .onTrial(beside: current ?? "") }
    guard let verdict, verdict.isBad else { return nil }
    return .failed(verdict.outcome, reason: verdict.reason, verdict.figures)
  }

  /// What speaks against bringing a version here.
  package enum Obstacle: Equatable {
    /// The folder needs the name for something else.
    case reserved
    case pinned(at: String)
    case older(than: String)
    /// It was tried on this board, and was no good.
    case tried(reason: String)
  }

  /// - Parameter isChosen: a person or an alias names it: then it is taken, older or not.
  @export(interface)
  package func obstacle(to version: String, isChosen: Bool) -> Obstacle? {
    guard Self.isVersion(version) else { return .reserved }
    let current = current
    guard current != version else { return nil }
    if let current {
      if isPinned { return .pinned(at: current) }
      if !isChosen, ModelsFolder.isOlder(version, than: current) { return .older(than: current) }
    }
    guard let verdict = verdict(of: version), verdict.isBad else { return nil }
    return .tried(reason: verdict.reason)
  }

  /// The same as an error.
  package func checkObstacle(to version: String, isChosen: Bool) throws(ModelsError) {
    switch obstacle(to: version, isChosen: isChosen) {
    case .reserved?: throw .reserved(version: version)
    case .pinned(let current)?: throw .pinned(model: name, version: current)
    case .tried(let reason)?:
      throw .triedBefore(model: name, version: version, reason: reason)
    case .older(let current)?:
      throw .overtaken(model: name, version: version, current: current)
    case nil: return
    }
  }
}
