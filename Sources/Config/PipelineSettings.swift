import Text

/// `[[pipeline]]`: one model scores the windows of one sensor.
package struct PipelineSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`, no dot: an alert's source is `pipeline.label`. Unique among
  /// pipelines.
  package var name: String
  /// The name of a sensor.
  package var sensor: String
  package var model: ModelReference
  /// The time from the arrival of the frame that fills a window to the window's scores. The default
  /// is 20 ms: one period of a 50 Hz sensor.
  package var deadlineNanoseconds: Int64 = 20_000_000
  /// Samples between two scores; nil means the manifest's stride.
  package var stride: Int? = nil
  /// What becomes of a window that is late before it is scored, while newer samples wait.
  package var lateWindows: LateWindows = .newest
  /// Which results are stored if there is a `[store]`.
  package var report: ReportPolicy = .standard
  /// How a candidate is tried.
  package var trial = TrialSettings()
  /// True if `trial` was written: a version that sync brings is tried before it takes over.
  package var triesNewVersions = false

  /// `dead_man`: the agent raises an alert when the pipeline cannot score and an alert depends on
  /// it.
  package var hasDeadMan = true

  /// The place where `[[pipeline]]` begins. `deadlinePlace` and `stridePlace` are the same if their
  /// values were not written.
  package var place: SourcePlace
  package var sensorPlace: SourcePlace
  package var modelPlace: SourcePlace
  package var deadlinePlace: SourcePlace
  package var stridePlace: SourcePlace

  package init(
    name: String, sensor: String, model: ModelReference, deadlineNanoseconds: Int64 = 20_000_000,
    stride: Int? = nil, report: ReportPolicy = .standard, trial: TrialSettings = TrialSettings(),
    triesNewVersions: Bool = false, place: SourcePlace, sensorPlace: SourcePlace,
    modelPlace: SourcePlace, deadlinePlace: SourcePlace, stridePlace: SourcePlace
  ) {
    self.name = name
    self.sensor = sensor
    self.model = model
    self.deadlineNanoseconds = deadlineNanoseconds
    self.stride = stride
    self.report = report
    self.trial = trial
    self.triesNewVersions = triesNewVersions
    self.place = place
    self.sensorPlace = sensorPlace
    self.modelPlace = modelPlace
    self.deadlinePlace = deadlinePlace
    self.stridePlace = stridePlace
  }
}

/// `late`: what a pipeline that cannot keep up does.
package enum LateWindows: Equatable, Sendable {
  /// It leaves out late windows and scores the newest one.
  case newest
  /// It scores every window, however late.
  case all
}

/// `"fall"` or `"fall/1"`.
package struct ModelReference: Equatable, Sendable {
  package var name: String
  /// Nil means the active version, or the newest installed version if none was made active.
  package var version: String?

  package init(name: String, version: String? = nil) {
    self.name = name
    self.version = version
  }

  /// The text as it is written in the configuration.
  var text: String {
    guard let version else { return name }
    return "\(name)/\(version)"
  }
}
