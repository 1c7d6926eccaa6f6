import Config
import EdgeRuntime
import SensorIO
import System

/// Frame → samples → windows → scores → alerts. All of this is hot.
extension HotThread {
  /// A frame of one sensor, which is one sample or several. In one frame each pipeline scores one
  /// window at most, unless its model has to see all of them: a frame of many samples is no reason
  /// to keep the others waiting.
  ///
  /// - Parameters:
  ///   - bytesLeft: in the connection's buffer, behind the frame.
  ///   - answered: of a frame that a master made: when, and the fields that it has not.
  /// - Returns: whether a pipeline scored.
  func take(
    _ whole: UnsafeRawBufferPointer, _ channel: SensorChannel, _ wire: Wire,
    _ connection: Connection, bytesLeft: Int, answered: (at: ArrivalStamp, absent: UInt32)? = nil
  ) -> Bool {
    guard let decoder = channel.decoder, let frame = channel.content(of: whole) else {
      return false
    }
    channel.frameCount += 1
    let (looked, stamp) = (Clock.boot(), answered?.at ?? connection.arrival)
    guard housekeeping.admitsFrame(of: channel, at: looked) else { return false }
    channel.frames?.put(stamp: stamp.time, number: channel.sampleCount, whole)
    candidateBeforeArrival = stamp.candidateNanoseconds
    let hasNewer = wire.hasNewer(than: frame.count, bytesLeft: bytesLeft, connection)
    var (scoring, decoded) = (Int64?.none, Int64?.none)
    // A frame that is no sample has been counted by its kind.
    let isSound: Void? = try? decoder.decode(
      frame, at: stamp.time, without: answered?.absent ?? 0, into: channel.values
    ) { deviceTime in
      let now = Clock.boot()
      if decoded == nil { stages.decoded(arrival: stamp.time, looked: looked, decoded: now) }
      decoded = decoded ?? now
      connection.tookSample(at: now)
      let mayScore = scoring == nil
      let sample = Sample(
        arrival: stamp.time, deviceTime: deviceTime, taken: now, hasNewer: hasNewer,
        mayScore: mayScore)
      if let time = takeSample(of: channel, sample) { scoring = (scoring ?? 0) + time }
      for join in joins[channel.index] {
        join.fill(at: stamp.time)
        if let time = takeSample(of: join.channel, sample) { scoring = (scoring ?? 0) + time }
      }
    }
    if isSound == nil {
      channel.noteFault(FaultBytes(frame), decoding: decoder.faultLatest)
    }
    if let scoring, let decoded {
      stages.ended(
        arrival: stamp.time, decoded: decoded, scoring: scoring, done: Clock.boot())
    }
    return scoring != nil
  }

  /// What is known of a sample beside its values.
  private struct Sample {
    let arrival: Int64
    /// By the device's own clock, in nanoseconds, if it has one.
    let deviceTime: Int64?
    let taken: Int64
    /// Something newer waits behind the frame.
    let hasNewer: Bool
    /// No window was scored in this frame before.
    let mayScore: Bool
  }

  /// The sample in the channel's values.
  ///
  /// - Returns: how long the inferences took; nil where none was due.
  private func takeSample(of channel: SensorChannel, _ sample: Sample) -> Int64? {
    let (arrival, now) = (sample.arrival, sample.taken)
    lookAtTime(of: channel, at: arrival, sample.deviceTime)
    var scoring: Int64?
    channel.sampleCount += 1
    // No alert can go off on a value that never comes, which the alert of a stale sensor has to
    // say.
    if channel.sees(at: now) {
      housekeeping.sawSample(of: channel, at: arrival, taken: now)
    } else {
      channel.tookBlindSample(at: arrival)
    }
    board.sample(
      sensor: channel.index, values: UnsafeBufferPointer(channel.values), at: arrival
    ) { announce($1, $0, $2, at: arrival) }
    for pipeline in channel.pipelines {
      let isDue = pipeline.push(channel.values)
      guard isDue || pipeline.isDueInDoubt else { continue }
      let isLeftOut =
        sample.hasNewer && housekeeping.leavesOut(pipeline, channel, arrival: arrival)
        || !sample.mayScore && pipeline.leavesOutInFrame(isLive: channel.isLive)
      if isLeftOut {
        watch(pipeline, channel, at: arrival)
        continue
      }
      scoring = (scoring ?? 0) + score(pipeline, channel, at: arrival, isInDoubt: !isDue)
    }
    if publishes.contains(.samples) { outputs.publishSample(channel, at: arrival) }
    // Last of all: however long a candidate takes, this sample's alerts are out.
    for pipeline in channel.pipelines where pipeline.candidate != nil {
      scoreCandidate(of: pipeline, channel, at: arrival)
    }
    return scoring
  }

  /// Gaps and the measured rate.
  private func lookAtTime(of channel: SensorChannel, at arrival: Int64, _ deviceTime: Int64?) {
    guard channel.isLive || deviceTime != nil else { return }
    switch channel.looksAtTime(deviceTime, arrival: arrival) {
    case .none: break
    case .gap(let nanoseconds, let sample): gap(of: channel, nanoseconds, after: sample)
    case .noGap:
      for pipeline in channel.pipelines {
        pipeline.trust()
        while pipeline.takeKept() { tell(pipeline, channel, at: arrival) }
      }
    }
    if let news = channel.rates.sample(at: arrival) {
      outputs.publishRate(channel, news, at: arrival)
      reporter.report(
        .rate(
          sensor: channel.index, measured: Float(news.measuredHertz),
          isAsDeclared: news.isAsDeclared))
    }
  }

  /// No vote counts over a gap.
  private func gap(of channel: SensorChannel, _ nanoseconds: Int64, after sample: Int64) {
    board.gap(sensor: channel.index)
    outputs.publishGap(channel, nanoseconds, after: sample, at: Clock.boot())
    reporter.report(.gap(sensor: channel.index, nanoseconds: nanoseconds))
  }

  /// Window → scores → alerts.
  ///
  /// - Parameter isInDoubt: there may be a gap in the window; its scores wait until that is known.
  /// - Returns: how long the inference took, in nanoseconds.
  private func score(
    _ pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64, isInDoubt: Bool
  ) -> Int64 {
    if isInDoubt {
      pipeline.scoreInDoubt(sample: channel.sampleCount)
    } else {
      pipeline.score(sample: channel.sampleCount)
    }
    stages.scored(nanoseconds: pipeline.lastRunNanoseconds)
    if !isInDoubt { tell(pipeline, channel, at: arrival) }
    watch(pipeline, channel, at: arrival)
    return pipeline.lastRunNanoseconds
  }

  /// Scores → alerts.
  private func tell(_ pipeline: ScoringPipeline, _ channel: SensorChannel, at arrival: Int64) {
    board.score(pipeline: pipeline.index, values: pipeline.scores, at: arrival) {
      announce($1, $0, $2, at: arrival)
    }
    pipeline.report(sample: pipeline.sampleScored, at: arrival)
    if publishes.contains(.scores) { outputs.publishScores(pipeline, at: arrival) }
  }
}
