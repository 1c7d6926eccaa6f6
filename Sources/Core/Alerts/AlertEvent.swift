/// One transition of one alert, as it travels from the hot thread: plain numbers, no references, so
/// that a ring can carry it. `alert` leads to the names that were prepared at start.
struct AlertEvent: BitwiseCopyable, Sendable {
  /// Index among the configuration's alerts.
  var alert: Int
  var transition: AlertTransition
  /// 0…1, the score that caused the transition.
  var score: Float
  /// Count of the sensor's samples, the one that completed the window included.
  var sample: Int64
  /// Arrival of that sample, CLOCK_BOOTTIME in nanoseconds.
  var arrival: Int64
  /// The same moment's wall time in nanoseconds since 1970.
  var wall: Int64
  /// From arrival to the judgement, in nanoseconds.
  var latency: Int64
}
