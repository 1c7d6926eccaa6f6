import System

/// Where one alert stands now, as the hot thread tells the others.
struct AlertBoardSnapshot: BitwiseCopyable, Equatable, Sendable {
  var phase = AlertPhase.normal
  var flags: AlertFlags = []
  var votes: UInt8 = 0
  var repeatCount: Int32 = 0
  /// The number of the latest episode; 0 before the first.
  var episode: Int64 = 0
  /// When that episode began: CLOCK_BOOTTIME and wall time, in nanoseconds.
  var since: Int64 = 0
  var sinceWall: Int64 = 0
  /// The value that was judged last, and the level that it is judged against; NaN where there is
  /// none.
  var value: Float = .nan
  var level: Float = .nan
  /// CLOCK_BOOTTIME in nanoseconds; 0 where it is not shelved.
  var shelfEnd: Int64 = 0
  var acknowledgedBy = PersonName()

  var isShelved: Bool { !flags.isDisjoint(with: [.shelved, .shelvedOnce]) }
}

/// Where every alert stands: the hot thread writes, others read, and nobody waits.
final class AlertSnapshots: Sendable {
  private let places: [SequenceLock<AlertBoardSnapshot>]

  static func byteCount(_ count: Int) -> Int {
    count * (SequenceLock<AlertBoardSnapshot>.byteCount + 64)
  }

  init(count: Int) { places = (0..<count).map { _ in SequenceLock(AlertBoardSnapshot()) } }

  var count: Int { places.count }

  /// Hot: after each change of the alert.
  func write(_ snapshot: AlertBoardSnapshot, of alert: Int) { places[alert].write(snapshot) }

  /// Nil where the hot thread wrote all the time; ask again.
  func read(_ alert: Int) -> AlertBoardSnapshot? { places[alert].read() }
}
