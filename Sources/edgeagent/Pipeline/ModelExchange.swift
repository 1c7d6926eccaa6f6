/// The way of a new version to the hot thread, and of its answer back.
struct ModelExchange: Sendable {
  /// From the models' thread.
  let offers = Ring<ModelOffer>(capacity: PipelineLimits.modelOffersMax)
  /// From the hot thread.
  let answers = Ring<ModelAnswer>(capacity: PipelineLimits.modelOffersMax)
  /// Wakes the models' thread for an answer.
  let wakeup = Wakeup()
}

/// A verified and allocated version for a pipeline.
struct ModelOffer: Sendable {
  /// Index among the configuration's pipelines.
  let pipeline: Int
  let model: LoadedModel
}

/// The hot thread scores with what was offered, and has let go of the version before.
struct ModelAnswer: BitwiseCopyable, Sendable {
  /// Index among the configuration's pipelines.
  let pipeline: Int
  /// The sensor's samples so far: the new version scores from the next one on.
  let sample: Int64
}
