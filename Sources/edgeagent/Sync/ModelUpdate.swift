import System
import Text

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
        context.state.versions[index].state = SyncState.Version.line(try bring(found, index))
      } catch {
        trouble = error
      }
    }
    noteReplaced(by: found, index)
    if let trouble, trouble.endsRound { throw trouble }
    do throws(SyncError) {
      try report()
    } catch {
      throw trouble ?? error
    }
    if let trouble { throw trouble }
  }

  /// - Returns: how this board stands to that version now.
  private func bring(_ found: RegistryVersion, _ index: Int) throws(SyncError) -> String {
    let version = found.reference.version
    // Before anything is fetched for it: the registry names it, and may name it as it likes.
    guard InstalledVersions.isVersion(version) else {
      return refused(ModelsError.reserved(version: version).lines, index, isForGood: true)
    }
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
    if !isHere {
      do throws(SyncError) {
        try fetch(found)
      } catch {
        guard error.isOfTheBundle else { throw error }
        // What was cheap to find out is looked at again: its owner may be publishing just now.
        return refused(error.lines, index, isForGood: error.hasCostTheWhole)
      }
    }
    let verdict = AdoptingChild(
      models: models, trust: context.settings.trust, now: context.now,
      cancelDescriptor: context.cancelDescriptor, meanwhile: context.meanwhile, isHere: isHere,
      onTrial: isTried,
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
    case .refused(let lines): return refused(lines, index, isForGood: true)
    case .postponed(let lines): throw .postponed(lines)
    case .cancelled:
      throw .http(HTTPFailure(place: found.reference.text, fault: .cancelled))
    }
  }

  /// - Parameter isForGood: until the revision, the keys or the agent change; else until it is looked
  ///   at again.
  /// - Returns: what its owner is told.
  private func refused(_ lines: [String], _ index: Int, isForGood: Bool) -> String {
    let current = installed.current.map { "; \($0) stays" } ?? ""
    let state = "refused: \(lines.first ?? "")\(current)"
    if !context.state.versions[index].state.utf8.elementsEqual(SyncState.Version.line(state).utf8) {
      for line in lines { Log.write(.error, "model \(wanted.name): \(line)") }
    }
    context.state.versions[index].isRefused = isForGood
    return state
  }

  /// What is there of an earlier try is gone on with. The folder's lock is held for a moment only: a
  /// person at the board need not wait for a slow link. The place's own is held throughout.
  private func fetch(_ found: RegistryVersion) throws(SyncError) {
    let place: String
    let lock: FolderLock
    do throws(ModelsError) {
      let staging = try StagingFolder(models: models)
      try staging.makePlace(found.reference)
      lock = try staging.lockPlace(found.reference)
      place = staging.place(found.reference)
    } catch {
      throw error.isOfTheBundle ? .models(error) : .postponed(error.lines)
    }
    defer { withExtendedLifetime(lock) {} }
    do throws(SyncError) {
      try registry.fetch(found, into: place)
    } catch {
      // A folder that is busy keeps it until the next fetch.
      if !error.isResumable, let staging = try? StagingFolder(models: models) {
        staging.removePlace(found.reference)
      }
      throw error
    }
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
        if error.endsRound { throw error }
        context.complain(of: "model \(version.name) not reported", error.lines)
        // A server in trouble is told in the next round; one that will not hear of it, never.
        if error.verdict.isPassing { return }
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
