import System

/// Where one alert stands now, as the hot thread tells the others.
struct AlertSnapshot: BitwiseCopyable, Equatable, Sendable {
  var state = AlertMachine.State()
  var votes: UInt8 = 0
  /// When the latest episode began, in wall time.
  var sinceWall: Int64 = 0
  /// The value that was judged last, and the level that it is judged against; NaN where there is
  /// none.
  var value: Float = .nan
  var level: Float = .nan
  var acknowledgedBy = PersonName()
}

/// Where every alert stands: the hot thread writes, others read, and nobody waits.
final class AlertSnapshots: Sendable {
  private let places: [SequenceLock<AlertSnapshot>]

  static func byteCount(_ count: Int) -> Int {
    count * (SequenceLock<AlertSnapshot>.byteCount + 64)
  }

  init(count: Int) { places = (0..<count).map { _ in SequenceLock(AlertSnapshot()) } }

  /// Hot: after each change of the alert.
  func write(_ snapshot: AlertSnapshot, of alert: Int) { places[alert].write(snapshot) }

  /// Nil where the hot thread wrote all the time; ask again.
  func read(_ alert: Int) -> AlertSnapshot? { places[alert].read() }
}
