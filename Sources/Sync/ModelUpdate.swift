import Config
import Models
import System

/// Brings one model of one registry up to date. Sync finds, fetches, verifies, installs and reports
/// a version in that order. It does each step only where the step before asks for it.
struct ModelUpdate {
  private let context: SyncContext
  private let registry: any ModelRegistry
  private let delivery: ModelDelivery
  private let wanted: WantedModel
  private let trust: String
  private let installed: InstalledVersions

  /// - Parameter trust: a digest of what a refusal depends on beside the bundle.
  init(
    _ context: SyncContext, _ registry: any ModelRegistry, _ delivery: ModelDelivery,
    _ wanted: WantedModel, trust: String
  ) {
    (self.context, self.registry, self.delivery) = (context, registry, delivery)
    (self.wanted, self.trust) = (wanted, trust)
    installed = InstalledVersions(wanted.name, in: context.configuration.agent.models)
  }

  /// - Throws: the fault of the version, or that of the report, once sync has noted and reported
  ///   it.
  @export(interface)
  func run() throws(SyncError) {
    let found = try registry.find(wanted.name, alias: wanted.alias)
    context.complain(
      of: "model \(wanted.name): trial", found.trialComplaint.map { [$0] } ?? [])
    let index = context.state.place(of: wanted.name, found)
    if context.state.versions[index].trust != trust {
      context.state.versions[index].isRefused = false
      context.state.versions[index].trust = trust
    }
    var trouble: SyncError?
    if !context.state.versions[index].isRefused {
      do throws(SyncError) {
        context.state.versions[index].standing = try bring(found, index)
      } catch {
        trouble = error
      }
    }
    noteReplaced(by: found, index)
    noteWithdrawn(for: found, index)
    if let trouble, trouble.endsRound { throw trouble }
    do throws(SyncError) {
      try report()
    } catch {
      throw trouble ?? error
    }
    if let trouble { throw trouble }
  }

  /// - Returns: what this board does with that version now.
  private func bring(_ found: RegistryVersion, _ index: Int) throws(SyncError) -> VersionStanding {
    let version = found.reference.version
    let policy = found.trial.policy(isAsked: isTried, always: isAlwaysTried)
    let obstacle = installed.obstacle(to: version, isChosen: wanted.alias != nil, policy)
    // The registry chooses the name of a version, and may choose a reserved one.
    if obstacle == .reserved {
      return refused(ModelsError.reserved(version: version).lines, index, isForGood: true)
    }
    if !isChanged(found), !isBesideCandidate(found),
      let standing = installed.standing(of: version, policy)
    {
      return standing
    }
    switch obstacle {
    case .pinned(let current)?: return .heldBack(.pinned(at: current))
    case .older(let current)?: return .heldBack(.older(than: current))
    case .reserved?, .tried?, nil: break
    }
    let outcome: Installer.Outcome
    do throws(SyncError) {
      outcome = try delivery.bring(
        found, isHere: installed.has(version) && !isChanged(found),
        isChosen: wanted.alias != nil, trial: policy)
    } catch {
      guard error.isOfTheBundle else { throw error }
      // A fault that is cheap to find is worth another look, because the owner may be publishing
      // just now.
      return refused(error.lines, index, isForGood: error.hasCostTheWhole)
    }
    switch outcome {
    case .proposed:
      Log.write(.notice, "model \(found.reference.text) is installed and on trial")
    case .activated, .installed:
      Log.write(.notice, "model \(found.reference.text) is installed and active")
    case .current: break
    }
    return installed.standing(of: version) ?? .installed
  }

  /// - Parameter isForGood: the refusal stands until the revision, the keys or the agent change.
  ///   Else it stands until the next round.
  private func refused(_ lines: [String], _ index: Int, isForGood: Bool) -> VersionStanding {
    let standing = VersionStanding.refused(
      reason: SyncState.Version.line(lines.first ?? ""), staying: installed.current)
    let line = SyncState.Version.line(standing.words)
    if !context.state.versions[index].state.utf8.elementsEqual(line.utf8) {
      for line in lines { Log.write(.error, "model \(wanted.name): \(line)") }
    }
    context.state.versions[index].isRefused = isForGood
    return standing
  }

  /// Whether a pipeline that follows the model wants a trial of new versions.
  private var isTried: Bool { !triers.isEmpty }

  /// Whether one of them lets no registry waive it.
  private var isAlwaysTried: Bool { triers.contains { $0.trial.always } }

  private var triers: [PipelineSettings] {
    context.configuration.pipelines(trying: wanted.name)
  }

  /// Whether the found version scores, while one that sync brought before is still on trial beside
  /// it. The owner moved the alias back: the trial has to end, so that the candidate cannot win it.
  private func isBesideCandidate(_ found: RegistryVersion) -> Bool {
    guard let candidate = installed.candidate, installed.current == found.reference.version,
      !installed.isPinned
    else { return false }
    return context.state.versions.contains {
      $0.name == wanted.name && $0.version == candidate && $0.isOnTrial
        && $0.version != found.reference.version
    }
  }

  /// Whether the registry now has other content under the version that is active on this board.
  private func isChanged(_ found: RegistryVersion) -> Bool {
    context.state.versions.contains {
      $0.name == wanted.name && $0.version == found.reference.version
        && $0.revision != found.revision && $0.isActive
    }
  }

  /// Notes that the version which scored on this board before does not score any more.
  private func noteReplaced(by found: RegistryVersion, _ index: Int) {
    guard context.state.versions[index].isActive else { return }
    for other in context.state.versions.indices
    where other != index && context.state.versions[other].name == wanted.name
      && context.state.versions[other].isActive
    {
      context.state.versions[other].standing = .replaced(by: found.reference.version)
    }
  }

  /// Notes that a version which was on trial is not tried any more.
  private func noteWithdrawn(for found: RegistryVersion, _ index: Int) {
    guard context.state.versions[index].isActive else { return }
    let candidate = installed.candidate
    for other in context.state.versions.indices
    where other != index && context.state.versions[other].name == wanted.name
      && context.state.versions[other].isOnTrial
      && candidate != context.state.versions[other].version
    {
      context.state.versions[other].standing = .replaced(by: found.reference.version)
    }
  }

  /// Tells the registry every standing that it does not know yet. When it refuses a report, nothing
  /// changes on this board.
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
        // A server in trouble gets the report in the next round. A server that refuses the report
        // does not get it again.
        if error.verdict.isPassing { return }
      }
      context.state.versions[index].reported = version.state
    }
  }
}
