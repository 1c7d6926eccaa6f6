/// What the hot thread has to store beside results: numbers, no references; the outbox thread finds
/// the names.
enum StoredEvent: BitwiseCopyable, Sendable {
  case alert(AlertEvent)
  case sensor(index: Int, SensorState, sample: Int64, at: Int64)
  /// Another version scores for that pipeline, from the sample after this one on. `version` is its
  /// number in `ModelHistory`.
  case model(pipeline: Int, version: Int, sample: Int64, at: Int64)
}

/// Scores of one window, or of all windows of a period, on their way to the outbox.
struct StoredResult: BitwiseCopyable, Sendable {
  /// The score of each label. A summary has the least of each label, then the greatest of each,
  /// then the mean of each.
  typealias Values = InlineArray<192, Float>
  static let labelsMax = 64

  /// Index among the configuration's pipelines.
  var pipeline: Int
  /// Which of the versions that scored for this pipeline since the start, from 0 (`ModelHistory`).
  var version: Int
  /// Windows in it; 0 says that this is no summary but the scores of one window.
  var windowCount: Int64
  /// Count of the sensor's samples, the one that completed the last window included.
  var sample: Int64
  /// Arrivals of the first and of the last window's last sample, CLOCK_BOOTTIME in nanoseconds.
  var from: Int64
  var at: Int64
  var values: Values
}
