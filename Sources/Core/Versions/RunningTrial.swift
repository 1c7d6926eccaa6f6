import Config
import Models
import System

/// A trial as the models' thread sees it.
struct RunningTrial {
  /// Index among the adopter's seats.
  let seat: Int
  let candidate: CandidateTrial
  let version: String
  /// The version that scores meanwhile.
  let against: String
  let began = Clock.boot()
  /// The hot thread writes its statistics no more.
  var hasEnded = false
  /// It took too long.
  var isOverdue = false

  /// Only once it has ended.
  var verdict: TrialVerdict {
    let (statistics, settings) = (candidate.statistics, candidate.settings)
    let (outcome, reason): (TrialVerdict.Outcome, String) =
      switch candidate.outcome {
      case .passed: (.passed, "")
      case .failed(let fault): (.failed, TrialText.reason(fault, statistics, settings))
      case nil: (.undecided, TrialText.undecided(statistics, settings))
      }
    var verdict = TrialVerdict(
      version: version, against: against, outcome: outcome, reason: reason,
      probation: outcome == .passed ? .running : nil)
    (verdict.windows, verdict.agreement) = (statistics.windows, statistics.agreement)
    verdict.faults = statistics.faults
    if statistics.runs.count > 0 {
      verdict.inference = TrialVerdict.Inference(
        mean: statistics.runs.mean / 1000, p99: Double(statistics.runs.percentile(99)) / 1000,
        max: Double(statistics.runs.max) / 1000)
    }
    return verdict
  }
}

/// Trials and what follows them: the models' thread.
extension ModelAdopter {
  /// Where several pipelines follow one model the first tries it for all.
  func lookForCandidate(_ index: Int) {
    let seat = seats[index]
    guard trial == nil, let version = seat.versions.candidate,
      seat.refusedCandidate.map({ $0 != version }) ?? true,
      seats.first(where: { $0.versions.name == seat.versions.name })?.pipeline == seat.pipeline
    else { return }
    // Already active, or already found to be no good: a loss of power left the link behind.
    let isOver = seat.versions.verdict(of: version)?.isBad ?? false
    if version == seat.model.version || isOver || seat.versions.isPinned {
      let isWithdrawn = change(seat, version) { () throws(ModelsError) in
        try seat.versions.withdrawCandidate()
      }
      if isWithdrawn == false { seats[index].refusedCandidate = version }
      return
    }
    // What is left of a trial that power was lost in is not this one's.
    if seat.versions.verdict(of: version) != nil {
      let isForgotten = change(seat, version) { () throws(ModelsError) in
        try seat.versions.forgetVerdict(of: version)
      }
      if isForgotten == false { seats[index].refusedCandidate = version }
      guard isForgotten == true else { return }
    }
    do throws(StartError) {
      let model = try load(version, for: seat)
      let candidate = CandidateTrial(
        model, beside: seat.model, settings: seat.settings, alerts: seat.alerts)
      trial = RunningTrial(
        seat: index, candidate: candidate, version: version, against: seat.model.version)
      offer(.accompany(candidate), to: seat.pipeline, .accompany)
      Log.write(
        .notice, TrialText.begins(seat.settings, version: version, against: seat.model.version))
    } catch {
      for line in error.lines { Log.write(.error, line) }
      refuse(
        TrialVerdict(
          version: version, against: seat.model.version, outcome: .failed,
          reason: error.lines.first ?? ""), index)
    }
  }

  /// Before its first window: the version is of no use here.
  private func refuse(_ verdict: TrialVerdict, _ index: Int) {
    let seat = seats[index]
    let isWritten = change(seat, verdict.version) { () throws(ModelsError) in
      try seat.versions.conclude(verdict)
    }
    // While another process has the folder, it is loaded and refused again.
    guard let isWritten else { return }
    if !isWritten { seats[index].refusedCandidate = verdict.version }
    tell(verdict, index)
  }

  /// Goes on with the trial: nothing to do, its end, or that nobody wants it any more.
  func attendTrial() {
    guard let running = trial else { return }
    let seat = seats[running.seat]
    let isWanted =
      seat.versions.candidate == running.version && !seat.versions.isPinned
      && (seat.versions.active ?? running.against) == running.against
    guard isWanted else { return withdrawTrial() }
    if running.hasEnded { return conclude(running) }
    if Clock.boot() - running.began > seat.settings.trial.timeNanoseconds {
      trial?.isOverdue = true
      withdrawTrial()
    }
  }

  func withdrawTrial() {
    guard let running = trial, offered == nil else { return }
    offer(.withdraw, to: seats[running.seat].pipeline, .withdraw)
  }

  /// The hot thread has let go of it.
  func endWithdrawal() {
    guard let running = trial else { return }
    if running.isOverdue {
      trial?.hasEnded = true
      return
    }
    Log.write(
      .notice, TrialText.withdrawn(seats[running.seat].settings, version: running.version))
    trial = nil
  }

  private func conclude(_ running: RunningTrial) {
    let (index, verdict) = (running.seat, running.verdict)
    let seat = seats[index]
    let isWritten = change(seat, running.version) { () throws(ModelsError) in
      try seat.versions.conclude(verdict)
    }
    guard let isWritten else { return }
    guard isWritten else {
      seats[index].refusedCandidate = running.version
      trial?.isOverdue = false
      return withdrawTrial()
    }
    guard verdict.outcome == .passed else {
      trial = nil
      return tell(verdict, index)
    }
    let note = TrialNote(pipeline: seat.pipeline, model: seat.settings.model.name, verdict: verdict)
    report(note, seat.settings)
    let model = running.candidate.model
    history.add(ModelHistory.Model(model.bundle), to: seat.pipeline)
    let line = note.line(seat.settings.name)
    offer(
      .promote(model, Probation(seat.settings.trial)), to: seat.pipeline, line: line,
      .promote(seat: index, model))
  }

  /// - Returns: false while the models folder is another process's: it is tried again.
  func endProbation(_ index: Int) -> Bool {
    let seat = seats[index]
    let version = seat.model.version
    guard let probation = seat.probation, let isPassed = probation.isPassed,
      var verdict = seat.versions.verdict(of: version), verdict.probation == .running
    else {
      seats[index].probation = nil
      return true
    }
    var hasGoneBack = false
    let isWritten = change(seat, version) { () throws(ModelsError) in
      verdict.probation = isPassed ? .passed : nil
      guard !isPassed else { return try seat.versions.record(verdict) }
      (verdict.outcome, verdict.reason) = (.rolledBack, TrialText.reason(probation))
      hasGoneBack = try seat.versions.goBack(verdict) != nil
    }
    guard isWritten != nil else { return false }
    seats[index].probation = nil
    if isPassed {
      Log.write(.notice, TrialText.probationPassed(seat.settings, version: version))
    } else if hasGoneBack {
      tell(verdict, index, isRollback: true)
    } else {
      Log.write(.error, TrialText.staysLate(seat.settings, verdict))
    }
    return offered == nil
  }

  private func tell(_ verdict: TrialVerdict, _ index: Int, isRollback: Bool = false) {
    let seat = seats[index]
    let note = TrialNote(
      pipeline: seat.pipeline, model: seat.settings.model.name, verdict: verdict,
      isRollback: isRollback)
    report(note, seat.settings)
    let line = note.line(seat.settings.name)
    offer(.tell, to: seat.pipeline, line: line, .tell(line))
  }
}
