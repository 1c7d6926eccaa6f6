import Config
import Models
import System

/// A trial as the models' thread sees it.
struct RunningTrial {
  /// Index among the adopter's followers.
  let follower: Int
  let candidate: CandidateTrial
  let version: String
  /// The version that scores meanwhile.
  let against: String
  let began = Clock.boot()
  /// The hot thread no longer writes its statistics.
  var hasEnded = false
  /// It took too long.
  var isOverdue = false

  /// Valid only when the trial has ended.
  var verdict: TrialVerdict {
    let (statistics, settings) = (candidate.statistics, candidate.settings)
    let (outcome, reason): (TrialVerdict.Outcome, String) =
      switch candidate.outcome {
      case .passed: (.passed, "")
      case .failed(let fault): (.failed, TrialText.reason(fault, statistics, settings))
      case nil: (.undecided, TrialText.undecided(statistics, settings))
      }
    return TrialVerdict(
      version: version, against: against, outcome: outcome,
      isOfPair: candidate.outcome?.isOfPair ?? false, reason: reason, windows: statistics.windows,
      agreement: statistics.agreement, faults: statistics.faults,
      inference: statistics.runs.inference, probation: outcome == .passed ? .running : nil)
  }
}

extension DurationHistogram {
  /// In microseconds; nil where nothing was scored.
  fileprivate var inference: TrialVerdict.Inference? {
    guard count > 0 else { return nil }
    return TrialVerdict.Inference(
      mean: mean / 1000, p99: Double(percentile(99)) / 1000, max: Double(max) / 1000)
  }
}

/// Trials and what follows them: the models' thread.
extension ModelAdopter {
  /// Where several pipelines follow one model, the first one tries the candidate for all.
  func lookForCandidate(_ index: Int) {
    let follower = followers[index]
    guard trial == nil, let version = follower.versions.candidate,
      follower.refusedCandidate.map({ $0 != version }) ?? true,
      followers.first(where: { $0.versions.name == follower.versions.name })?.pipeline
        == follower.pipeline
    else { return }
    // Already active, or already found to be no good: a loss of power left the link behind.
    let isOver =
      follower.versions.verdict(of: version)?.bars(beside: follower.model.version) ?? false
    if version == follower.model.version || isOver || follower.versions.isPinned {
      let isWithdrawn = change(follower, version) { () throws(ModelsError) in
        try follower.versions.withdrawCandidate()
      }
      if isWithdrawn == false { followers[index].refusedCandidate = version }
      return
    }
    // This verdict is left of an earlier trial, during which the power failed.
    if follower.versions.verdict(of: version) != nil {
      let isForgotten = change(follower, version) { () throws(ModelsError) in
        try follower.versions.forgetVerdict(of: version)
      }
      if isForgotten == false { followers[index].refusedCandidate = version }
      guard isForgotten == true else { return }
    }
    do throws(StartError) {
      let model = try load(version, for: follower)
      let candidate = CandidateTrial(
        model, beside: follower.model, settings: follower.settings, watched: follower.watched)
      trial = RunningTrial(
        follower: index, candidate: candidate, version: version, against: follower.model.version)
      offer(.accompany(candidate), to: follower.pipeline, .accompany)
      Log.write(
        .notice,
        TrialText.begins(follower.settings, version: version, against: follower.model.version))
    } catch {
      for line in error.lines { Log.write(.error, line) }
      refuse(
        TrialVerdict(
          version: version, against: follower.model.version, outcome: .failed,
          reason: error.lines.first ?? ""), index)
    }
  }

  /// Before its first window: the version is of no use here.
  private func refuse(_ verdict: TrialVerdict, _ index: Int) {
    let follower = followers[index]
    let isWritten = change(follower, verdict.version) { () throws(ModelsError) in
      try follower.versions.conclude(verdict)
    }
    // While another process changes the folder, the version is loaded and refused again.
    guard let isWritten else { return }
    if !isWritten { followers[index].refusedCandidate = verdict.version }
    tell(verdict, index)
  }

  /// Goes on with the trial, ends it, or withdraws it when it is not wanted any more.
  func attendTrial() {
    guard let running = trial else { return }
    let follower = followers[running.follower]
    let isWanted =
      follower.versions.candidate == running.version && !follower.versions.isPinned
      && (follower.versions.active ?? running.against) == running.against
    guard isWanted else { return withdrawTrial() }
    if running.hasEnded {
      // A candidate that passed scores on beside the current version until it may take its place.
      if running.verdict.outcome == .passed, !mayChange(to: running.version, running.follower) {
        return
      }
      return conclude(running)
    }
    if Clock.boot() - running.began > follower.settings.trial.timeNanoseconds {
      trial?.isOverdue = true
      withdrawTrial()
    }
  }

  func withdrawTrial() {
    guard let running = trial, offered == nil else { return }
    offer(.withdraw, to: followers[running.follower].pipeline, .withdraw)
  }

  /// The hot thread has let go of it.
  func endWithdrawal() {
    guard let running = trial else { return }
    if running.isOverdue {
      trial?.hasEnded = true
      return
    }
    Log.write(
      .notice, TrialText.withdrawn(followers[running.follower].settings, version: running.version))
    trial = nil
  }

  private func conclude(_ running: RunningTrial) {
    let (index, verdict) = (running.follower, running.verdict)
    let follower = followers[index]
    let isWritten = change(follower, running.version) { () throws(ModelsError) in
      try follower.versions.conclude(verdict)
    }
    guard let isWritten else { return }
    guard isWritten else {
      followers[index].refusedCandidate = running.version
      trial?.isOverdue = false
      return withdrawTrial()
    }
    guard verdict.outcome == .passed else {
      trial = nil
      return tell(verdict, index)
    }
    let note = TrialNote(
      pipeline: follower.pipeline, model: follower.settings.model.name, verdict: verdict)
    report(note, follower.settings)
    followers[index].changes.charge(1, at: Clock.boot())
    let model = running.candidate.model
    history.add(ModelHistory.Model(model.bundle), to: follower.pipeline)
    let line = note.line(follower.settings.name)
    offer(
      .promote(model, Probation(follower.settings.trial)), to: follower.pipeline, line: line,
      .promote(follower: index, model))
  }

  /// - Returns: false while another process changes the models folder, and it is tried again; false
  ///   also while an offer waits for its answer.
  func endProbation(_ index: Int) -> Bool {
    let follower = followers[index]
    let version = follower.model.version
    guard let probation = follower.probation, let isPassed = probation.isPassed,
      var verdict = follower.versions.verdict(of: version), verdict.probation == .running
    else {
      followers[index].probation = nil
      return true
    }
    var hasGoneBack = false
    let isWritten = change(follower, version) { () throws(ModelsError) in
      verdict.probation = isPassed ? .passed : nil
      guard !isPassed else { return try follower.versions.record(verdict) }
      (verdict.outcome, verdict.reason) = (.rolledBack, TrialText.reason(probation))
      hasGoneBack = try follower.versions.goBack(verdict) != nil
    }
    guard isWritten != nil else { return false }
    followers[index].probation = nil
    if isPassed {
      Log.write(.notice, TrialText.probationPassed(follower.settings, version: version))
    } else if hasGoneBack {
      tell(verdict, index, isRollback: true)
    } else {
      Log.write(.error, TrialText.staysLate(follower.settings, verdict))
    }
    return offered == nil
  }

  private func tell(_ verdict: TrialVerdict, _ index: Int, isRollback: Bool = false) {
    let follower = followers[index]
    let note = TrialNote(
      pipeline: follower.pipeline, model: follower.settings.model.name, verdict: verdict,
      isRollback: isRollback)
    report(note, follower.settings)
    let line = note.line(follower.settings.name)
    offer(.tell, to: follower.pipeline, line: line, .tell(line))
  }
}
