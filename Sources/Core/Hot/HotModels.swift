import Config
import System

/// Versions of models as the hot thread meets them: offers between two frames, the candidate after
/// each sample, and the hot thread's answers. All of this is hot.
extension HotThread {
  /// Between two frames: a version that the models' thread has made ready scores from the next
  /// sample on.
  func adoptModels() {
    while let done = adoptModel() { answer(done) }
  }

  /// Not inlined, so that nothing refers to what the offer brought when its answer goes out.
  @inline(never)
  private func adoptModel() -> ModelAnswer? {
    guard let offer = models.offers.take() else { return nil }
    var sample: Int64 = 0
    if case .begin(let pipeline) = offer.kind { begin(pipeline) }
    for channel in channels {
      for pipeline in channel.pipelines where pipeline.index == offer.pipeline {
        carryOut(offer, pipeline, channel)
        sample = channel.sampleCount
      }
    }
    return ModelAnswer(pipeline: offer.pipeline, kind: .done, sample: sample)
  }

  private func carryOut(
    _ offer: ModelOffer, _ pipeline: ScoringPipeline, _ channel: SensorChannel
  ) {
    if let line = offer.line { outputs.publish(line) }
    switch offer.kind {
    case .adopt(let model):
      outputs.publishModel(pipeline, model, channel)
      pipeline.adopt(model)
      board.rebind(pipeline)
    case .accompany(let trial): pipeline.accompany(by: trial)
    case .promote(let model, let probation):
      outputs.publishModel(pipeline, model, channel)
      pipeline.promote(model, watching: probation)
      board.rebind(pipeline)
    case .begin: outputs.publishFirstModel(pipeline, channel)
    case .withdraw: pipeline.withdrawCandidateTrial()
    case .tell: break
    }
  }

  /// The pipeline joins its sensor.
  private func begin(_ pipeline: ScoringPipeline) {
    for channel in channels
    where channel.settings.name.utf8.elementsEqual(pipeline.settings.sensor.utf8) {
      channel.begin(pipeline, at: Clock.boot())
    }
    board.rebind(pipeline)
    health.begin(pipeline)
  }

  /// A window is scored or left out: checks the deadline, blames the candidate where the window was
  /// late because of it, and counts the first windows after a trial.
  func watch(
    _ pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64
  ) {
    let late = housekeeping.checkDeadline(
      of: pipeline, arrival: arrival, isScored: pipeline.hasScored)
    let candidate = candidateNanoseconds - candidateBeforeArrival
    if let late, candidate > 0, late - candidate <= pipeline.settings.deadlineNanoseconds {
      blameCandidate()
    }
    guard let probation = pipeline.countProbation(isLate: late != nil) else { return }
    answer(pipeline, channel, .probationEnded(probation))
  }

  func scoreCandidate(
    of pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64
  ) {
    let hasTime = Clock.boot() - arrival <= pipeline.settings.deadlineNanoseconds / 2
    let step = pipeline.scoreCandidate(channel.values, hasTime: hasTime)
    candidateNanoseconds += step.nanoseconds
    if step.hasEnded { answer(pipeline, channel, .trialEnded) }
  }

  /// There is one trial in the whole agent, and it may be on another pipeline than the late one.
  private func blameCandidate() {
    for channel in channels {
      for pipeline in channel.pipelines where pipeline.blameCandidate() {
        answer(pipeline, channel, .trialEnded)
      }
    }
  }

  private func answer(
    _ pipeline: ScoringPipeline, _ channel: SensorChannel, _ kind: ModelAnswer.Kind
  ) {
    answer(ModelAnswer(pipeline: pipeline.index, kind: kind, sample: channel.sampleCount))
  }

  /// The ring has a place for every answer that there may be, so there is always room.
  private func answer(_ answer: ModelAnswer) {
    let isTaken = models.answers.put(answer)
    precondition(isTaken)
    models.wakeup.wake()
  }
}
