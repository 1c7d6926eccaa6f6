import SensorIO
import System

/// What one sensor has brought since the start, as the hot thread tells the others.
struct SensorSnapshot: BitwiseCopyable, Sendable {
  var state: SensorState?
  var frames: Int64 = 0
  var samples: Int64 = 0
  var badFrames: Int64 = 0
  var overRate: Int64 = 0
  var gaps: Int64 = 0
  /// The length of the latest gap, in nanoseconds.
  var gapLatest: Int64 = 0
  /// Samples a second as they were last measured; 0 before.
  var measuredHertz: Double = 0
  /// What became of the requests, where the device is asked.
  var asked = ModbusCounters()
  /// When the latest sample arrived, CLOCK_BOOTTIME; 0 before the first.
  var sampledAt: Int64 = 0
  /// The latest sample, a value for each field; NaN where one has none.
  var values = InlineArray<32, Float>(repeating: .nan)
  /// How the latest bad frame began, and why it was one.
  var faultBytes = FaultBytes()
  var framingFault: FrameError?
  var decodingFault: DecodeError?
  /// For each field the values that it had not, by kind.
  private var faults = InlineArray<320, UInt32>(repeating: 0)

  init() {}

  /// Hot.
  init(_ channel: SensorChannel) {
    state = channel.state
    samples = channel.sampleCount
    badFrames = channel.faultCount
    overRate = channel.overRateCount
    frames = channel.frameCount
    (gaps, gapLatest) = (channel.gapCount, channel.gapLatest)
    measuredHertz = channel.rates.measuredHertz ?? 0
    asked = channel.asked
    if samples > 0 {
      sampledAt = channel.lastArrival
      for field in 0..<channel.fieldCounters.fieldCount { values[field] = channel.latest[field] }
    }
    faultBytes = channel.faultLatest
    framingFault = channel.framingFaultLatest
    decodingFault = channel.decodingFaultLatest
    for field in 0..<channel.fieldCounters.fieldCount {
      for kind in FieldFault.allCases {
        let count = channel.fieldCounters[field, kind]
        faults[Self.place(field, kind)] = UInt32(clamping: count)
      }
    }
  }

  subscript(field: Int, kind: FieldFault) -> UInt32 { faults[Self.place(field, kind)] }

  private static func place(_ field: Int, _ kind: FieldFault) -> Int {
    field * 10 + Int(kind.rawValue)
  }
}

/// What every sensor has brought: the hot thread writes once a second, others read, and nobody
/// waits.
final class SensorSnapshots: Sendable {
  private let places: [SequenceLock<SensorSnapshot>]

  static func byteCount(_ count: Int) -> Int {
    count * (SequenceLock<SensorSnapshot>.byteCount + 64)
  }

  init(count: Int) { places = (0..<count).map { _ in SequenceLock(SensorSnapshot()) } }

  var count: Int { places.count }

  /// Hot.
  func write(_ channel: SensorChannel) { places[channel.index].write(SensorSnapshot(channel)) }

  /// Nil where the hot thread wrote all the time; ask again.
  func read(_ sensor: Int) -> SensorSnapshot? { places[sensor].read() }
}
