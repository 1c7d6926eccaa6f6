/// How long the stages from a frame to its outputs took since the start, in memory of fixed size.
/// It is always on: five records and as many readings of the clock cost a scored frame 0.2 µs.
///
/// The hot thread alone writes and reads it.
final class StageTimes {
  /// From the arrival of a frame's bytes until the thread looked at the frame.
  private(set) var wait = DurationHistogram()
  /// From bytes to values.
  private(set) var decode = DurationHistogram()
  /// One inference, with scaling and quantizing.
  private(set) var score = DurationHistogram()
  /// From the decoded sample to the last output, without the inferences.
  private(set) var outputs = DurationHistogram()
  /// From the arrival to the last output, for frames that completed a window that was scored.
  private(set) var whole = DurationHistogram()

  /// Hot.
  func decoded(arrival: Int64, looked: Int64, decoded: Int64) {
    wait.record(looked - arrival)
    decode.record(decoded - looked)
  }

  /// Hot.
  func scored(nanoseconds: Int64) { score.record(nanoseconds) }

  /// Hot.
  func ended(arrival: Int64, decoded: Int64, scoring: Int64, done: Int64) {
    outputs.record(done - decoded - scoring)
    whole.record(done - arrival)
  }

  static let byteCount = 5 * MemoryLayout<DurationHistogram>.stride
}
