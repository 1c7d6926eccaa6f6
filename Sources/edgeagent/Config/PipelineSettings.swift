import Text

/// `[[pipeline]]`: windows of one sensor scored by one model.
struct PipelineSettings: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 _ -`, no dot: an alert's source is `pipeline.label`. Unique among
  /// pipelines.
  var name: String
  /// The name of a sensor.
  var sensor: String
  var model: ModelReference
  /// From the arrival of the frame that fills a window to its scores. 20 ms by default: one
  /// period of a 50 Hz sensor.
  var deadlineNanoseconds: Int64 = 20_000_000
  /// Samples between two scores; the manifest's when nil.
  var stride: Int? = nil
  /// Which results are stored, where there is a `[store]`.
  var report: ReportPolicy = .standard
  /// For a version that is to be tried before it scores.
  var trial = TrialSettings()
  /// `trial` was written: what sync brings is tried before it takes over.
  var triesNewVersions = false

  /// Where `[[pipeline]]` begins; `deadlinePlace` and `stridePlace` too where no value was written.
  var place: SourcePlace
  var sensorPlace: SourcePlace
  var modelPlace: SourcePlace
  var deadlinePlace: SourcePlace
  var stridePlace: SourcePlace
}

/// `"fall"` or `"fall/1"`.
struct ModelReference: Equatable, Sendable {
  var name: String
  /// The active one when nil, and the newest that is installed where none was made the active one.
  var version: String?

  /// As it is written in the configuration.
  var text: String {
    guard let version else { return name }
    return "\(name)/\(version)"
  }
}
