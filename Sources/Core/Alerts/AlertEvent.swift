/// One transition of one alert, as it travels from the hot thread: plain numbers, no references, so
/// that a ring can carry it. `alert` leads to the names that were prepared at start.
struct AlertEvent: BitwiseCopyable, Sendable {
  /// Index among the configuration's alerts.
  var alert: Int
  var transition: AlertTransition
  /// After the transition.
  var phase: AlertPhase = .normal
  var flags: AlertFlags = []
  /// The running number of the episode, from 1, over all restarts; 0 before the first.
  var episode: Int64 = 0
  /// How often this episode was raised again.
  var repeatCount: Int32 = 0
  /// The value that was judged last, in the unit of its source: a score, a field, a share; NaN
  /// where it is unknown.
  var value: Float
  /// The level that the value crossed; NaN where there is none.
  var level: Float = .nan
  /// Votes for the alert among the last readings.
  var votes: UInt8 = 0
  /// Count of the sensor's samples, the one that was judged included; 0 without a sensor.
  var sample: Int64
  /// Admission of that sample, CLOCK_BOOTTIME in nanoseconds.
  var arrival: Int64
  /// The same moment's wall time in nanoseconds since 1970.
  var wall: Int64
  /// From arrival to the judgement, in nanoseconds.
  var latency: Int64
  /// Who acted; empty where no person did.
  var person = PersonName()
}

/// Who acts, as the audit names it: at most 63 bytes of UTF-8.
struct PersonName: BitwiseCopyable, Equatable, Sendable {
  typealias Storage = InlineArray<63, UInt8>
  private var bytes = Storage(repeating: 0)
  private(set) var count: UInt8 = 0

  init() {}

  /// Cut after the last whole character that fits.
  init(_ text: String) {
    var end = 0
    for scalar in text.unicodeScalars {
      let width = UTF8.width(scalar)
      if end + width > bytes.count { break }
      end += width
    }
    for (index, byte) in text.utf8.prefix(end).enumerated() { bytes[index] = byte }
    count = UInt8(end)
  }

  var isEmpty: Bool { count == 0 }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: bytes) { body(UnsafeRawBufferPointer(rebasing: $0[..<Int(count)])) }
  }

  static func == (a: PersonName, b: PersonName) -> Bool {
    guard a.count == b.count else { return false }
    for index in 0..<Int(a.count) where a.bytes[index] != b.bytes[index] { return false }
    return true
  }
}
