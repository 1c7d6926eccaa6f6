import Text

/// What a frame has of the device's clock.
enum ClockReading {
  case none
  case ticks(UInt64)
  /// A number with decimals. Such a clock does not begin again.
  case fraction(Double)

  /// - Parameter text: decimal digits, with decimals or without.
  init(text: UnsafeRawBufferPointer, point: UInt8) {
    var ticks: UInt64 = 0
    for byte in text {
      let digit = byte &- UInt8(ascii: "0")
      let (product, overflow) = ticks.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard digit < 10, !overflow, !carry else {
        self = DecimalNumber.parse(text, point: point).map { .fraction($0) } ?? .none
        return
      }
      ticks = sum
    }
    self = text.isEmpty ? .none : .ticks(ticks)
  }
}

/// Makes one long time of a counter that begins again and again.
///
/// Of two ticks the counter says only how far they are apart within one turn. The time between
/// their arrivals says how many turns there were: the count that fits it best. So a pause of hours
/// is right too, if no frame takes half a turn longer to arrive than another.
struct DeviceClock {
  private let settings: ClockSettings
  private var ticksLatest: UInt64?
  private var nanoseconds: Int64 = 0
  private var arrivalLatest: Int64 = 0

  init(_ settings: ClockSettings) { self.settings = settings }

  /// Setup: false when the settings are none.
  static func isUsable(_ settings: ClockSettings) -> Bool {
    settings.nanosecondsPerTick > 0
      && (settings.bits == 16 || settings.bits == 24 || settings.bits == 32 || settings.bits == 64)
  }

  /// The device may begin anew.
  mutating func forget() { ticksLatest = nil }

  /// The device's time of a sample. It begins where the counter stands at first, and goes back when
  /// the device's clock did, as after a restart.
  ///
  /// - Parameter arrival: of the frame.
  /// - Returns: nanoseconds; nil when the frame has no time or one that the counter cannot have.
  mutating func time(_ reading: ClockReading, at arrival: Int64) -> Int64? {
    switch reading {
    case .none: return nil
    case .ticks(let ticks): return time(ticks, at: arrival)
    case .fraction(let ticks):
      let value = (ticks * Double(settings.nanosecondsPerTick)).rounded()
      return value.magnitude < 0x1p62 ? Int64(value) : nil
    }
  }

  private mutating func time(_ ticks: UInt64, at arrival: Int64) -> Int64? {
    let mask = UInt64.max >> UInt64(64 - settings.bits)
    guard ticks <= mask else { return nil }
    defer { (ticksLatest, arrivalLatest) = (ticks, arrival) }
    if let ticksLatest {
      let step = turned(
        Int64(bitPattern: (ticks &- ticksLatest) & mask), elapsed: arrival &- arrivalLatest)
      let (distance, isFar) = step.multipliedReportingOverflow(by: settings.nanosecondsPerTick)
      let (sum, isBeyond) = nanoseconds.addingReportingOverflow(distance)
      if !isFar && !isBeyond {
        nanoseconds = sum
        return sum
      }
    }
    // The first one, or so far from the one before that this has to be a new clock.
    let start = Int64(bitPattern: ticks)
    let (value, overflow) = start.multipliedReportingOverflow(by: settings.nanosecondsPerTick)
    nanoseconds = overflow ? 0 : value
    return nanoseconds
  }

  /// - Parameters:
  ///   - step: within one turn.
  ///   - elapsed: nanoseconds between the arrivals.
  /// - Returns: the step with the turns that fit best.
  private func turned(_ step: Int64, elapsed: Int64) -> Int64 {
    guard settings.bits < 64 else { return step }
    let turn = Int64(1) << Int64(settings.bits)
    // So clamped, no sum here can overflow; it is 36 years in nanoseconds.
    let expected = min(max(elapsed, 0), 1 << 60) / settings.nanosecondsPerTick
    let distance = expected - step + turn / 2
    // Rounds down, also below 0.
    return step + (distance >> Int64(settings.bits)) * turn
  }
}
