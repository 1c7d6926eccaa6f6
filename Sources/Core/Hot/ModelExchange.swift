import System

/// The way of versions to the hot thread, and of its answers back.
struct ModelExchange: Sendable {
  /// From the models' thread.
  let offers = Ring<ModelOffer>(capacity: PipelineLimits.modelOffersMax)
  /// From the hot thread: one for each offer, and one for the end of each trial and probation.
  let answers = Ring<ModelAnswer>(capacity: PipelineLimits.modelAnswersMax)
  /// Wakes the models' thread for an answer.
  let wakeup = Wakeup()

  static let byteCount =
    Ring<ModelOffer>.byteCount(PipelineLimits.modelOffersMax)
    + Ring<ModelAnswer>.byteCount(PipelineLimits.modelAnswersMax)
}

/// What the hot thread shall do with a pipeline.
struct ModelOffer: Sendable {
  enum Kind: Sendable {
    /// A verified and allocated version scores from now on.
    case adopt(LoadedModel)
    /// A pipeline that waited for its first model begins.
    case begin(ScoringPipeline)
    /// A version scores beside the current one.
    case accompany(CandidateTrial)
    /// The version on trial takes over, and is watched for a while.
    case promote(LoadedModel, Probation)
    /// The trial ends without a verdict of the hot thread.
    case withdraw
    /// The line is published, and that is all.
    case tell
  }

  /// Index among the configuration's pipelines.
  let pipeline: Int
  let kind: Kind
  /// The hot thread publishes it first.
  var line: PreparedLine? = nil
}

/// Numbers alone. By now the hot thread has let go of everything that the offer brought and that it
/// no longer needs.
struct ModelAnswer: BitwiseCopyable, Sendable {
  enum Kind: BitwiseCopyable, Sendable {
    /// The offer was carried out.
    case done
    /// The trial has an outcome: from now on the models' thread may read its statistics.
    case trialEnded
    case probationEnded(Probation)
  }

  /// Index among the configuration's pipelines.
  let pipeline: Int
  let kind: Kind
  /// The sensor's samples so far: a new version scores from the next one on.
  let sample: Int64
}

/// A line for the events socket that another thread made: the hot thread only sends it.
final class PreparedLine: Sendable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
}
