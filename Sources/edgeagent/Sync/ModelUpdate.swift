/// One model of one registry: found, fetched, verified, installed, reported. In that order, and each
/// step only where the one before asks for it.
struct ModelUpdate {
  private let context: SyncContext
  private let registry: any ModelRegistry
  private let wanted: WantedModel
  private let trust: String
  private let models: String
  private var installed: InstalledVersions { InstalledVersions(wanted.name, in: models) }

  /// - Parameter trust: what a refusal depends on beside the bundle.
  init(
    _ context: SyncContext, _ registry: any ModelRegistry, _ wanted: WantedModel, trust: String
  ) {
    (self.context, self.registry, self.wanted) = (context, registry, wanted)
    self.trust = trust
    models = context.configuration.agent.models
  }

  func run() throws(SyncError) {
    let found = try registry.find(wanted.name, alias: wanted.alias)
    let index = context.state.place(of: wanted.name, found)
    if context.state.versions[index].trust != trust {
      context.state.versions[index].isRefused = false
      context.state.versions[index].trust = trust
    }
    var trouble: SyncError?
    if !context.state.versions[index].isRefused {
      do throws(SyncError) {
        context.state.versions[index].state = try bring(found, index)
      } catch {
        trouble = error
      }
    }
    noteReplaced(by: found, index)
    try report()
    if let trouble { throw trouble }
  }

  /// - Returns: how this board stands to that version now.
  private func bring(_ found: RegistryVersion, _ index: Int) throws(SyncError) -> String {
    let version = found.reference.version
    if !isChanged(found), let state = installed.state(of: version) { return state }
    if installed.isPinned, let current = installed.current, current != version {
      return "held back: pinned at \(current)"
    }
    if wanted.alias == nil, let current = installed.current,
      ModelStore.isOlder(version, than: current)
    {
      return "held back: older than \(current)"
    }
    // A version never changes: nothing has to come over the network again.
    let isHere = installed.has(version) && !isChanged(found)
    if !isHere { try fetch(found) }
    let verdict = AdoptingChild(
      models: models, trust: context.settings.trust, now: context.now,
      cancelDescriptor: context.cancelDescriptor, isHere: isHere, onTrial: isTried,
      place: registry.place(found.reference)
    ).adopt(found.reference)
    switch verdict {
    case .adopted(let outcome):
      if outcome == .proposed {
        Log.write(.notice, "model \(found.reference.text) is installed and on trial")
      } else if outcome != .current {
        Log.write(.notice, "model \(found.reference.text) is installed and active")
      }
      return installed.state(of: version) ?? "installed"
    case .refused(let lines):
      for line in lines { Log.write(.error, line) }
      context.state.versions[index].isRefused = true
      let current = installed.current.map { "; \($0) stays" } ?? ""
      return "refused: \(lines.first ?? "")\(current)"
    case .postponed(let lines): throw .postponed(lines)
    case .cancelled:
      throw .http(HTTPFailure(place: found.reference.text, fault: .cancelled))
    }
  }

  /// What is there of an earlier try is gone on with. The folder's lock is held for a moment only: a
  /// person at the board need not wait for a slow link.
  private func fetch(_ found: RegistryVersion) throws(SyncError) {
    let place: String
    do throws(ModelsError) {
      let staging = try StagingFolder(models: models)
      try staging.makePlace(found.reference)
      place = staging.place(found.reference)
    } catch {
      throw error.isOfTheBundle ? .models(error) : .postponed(error.lines)
    }
    try registry.fetch(found, into: place)
  }

  /// Whether a pipeline that follows the model wants new versions to be tried.
  private var isTried: Bool {
    context.configuration.pipelines.contains {
      $0.model.name == wanted.name && $0.model.version == nil && $0.triesNewVersions
    }
  }

  /// The registry has given that version other content since.
  private func isChanged(_ found: RegistryVersion) -> Bool {
    context.state.versions.contains {
      $0.name == wanted.name && $0.version == found.reference.version
        && $0.revision != found.revision && $0.isActive
    }
  }

  /// What this board scored with before is so no more.
  private func noteReplaced(by found: RegistryVersion, _ index: Int) {
    guard context.state.versions[index].isActive else { return }
    for other in context.state.versions.indices
    where other != index && context.state.versions[other].name == wanted.name
      && context.state.versions[other].isActive
    {
      context.state.versions[other].state = "replaced by \(found.reference.version)"
    }
  }

  /// Tells the registry whatever it has not been told. That it will not hear of it changes nothing.
  private func report() throws(SyncError) {
    for index in context.state.versions.indices where context.state.versions[index].isUntold {
      let version = context.state.versions[index]
      guard version.name == wanted.name,
        let reference = InstallReference("\(version.name)/\(version.version)")
      else { continue }
      do throws(SyncError) {
        try registry.report(
          version.state, of: RegistryVersion(reference: reference, revision: version.revision),
          by: context.configuration.agent.id)
      } catch {
        guard error.verdict == .final else { throw error }
        for line in error.lines { Log.write(.warning, "not reported: \(line)") }
      }
      context.state.versions[index].reported = version.state
    }
  }
}

extension InstalledVersions {
  /// How this board stands to a version, in the words that its owner is told; nil where there is
  /// something to be done about it.
  fileprivate func state(of version: String) -> String? {
    let verdict = verdict(of: version)
    if current == version {
      guard let verdict, verdict.outcome == .passed else { return "active" }
      return "active\(verdict.probation == .running ? ", watched" : "") after a trial"
        + "\(verdict.figures)"
    }
    if candidate == version { return "on trial beside \(current ?? "")" }
    guard let verdict, verdict.isBad else { return nil }
    return "refused: \(verdict.outcome.rawValue): \(verdict.reason)\(verdict.figures)"
  }
}

extension TrialVerdict {
  /// ` (1000 windows, agreement 0.987, inference p99 412 us)`
  fileprivate var figures: String {
    guard windows > 0 else { return "" }
    return " (\(windows) windows"
      + (agreement.map { ", agreement \(Decimal.text($0, decimals: 3))" } ?? "")
      + (inference.map { ", inference p99 \(Decimal.text($0.p99, decimals: 0)) us" } ?? "") + ")"
  }
}
