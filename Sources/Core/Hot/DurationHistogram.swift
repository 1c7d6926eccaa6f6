/// Durations in 1280 bytes, however many they are: eight buckets an octave, so that a percentile is
/// at most an eighth too high and never too low.
///
/// Hot: allocates nothing.
struct DurationHistogram: BitwiseCopyable, Sendable {
  /// From 1 ns to 2^40 ns, 18 minutes; a longer one counts as that.
  private static let octaves = 40
  private static let buckets = 8 * octaves
  private var counts = InlineArray<320, UInt32>(repeating: 0)
  private(set) var count: Int64 = 0
  private(set) var sum: Int64 = 0
  private(set) var max: Int64 = 0

  mutating func record(_ nanoseconds: Int64) {
    let bucket = Self.bucket(of: nanoseconds)
    if counts[bucket] < .max { counts[bucket] += 1 }
    count += 1
    (sum, max) = (sum &+ nanoseconds, Swift.max(max, nanoseconds))
  }

  /// Nanoseconds; 0 when there is no duration.
  var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

  /// Nanoseconds that so many per cent of the durations do not exceed; 0 when there is none.
  func percentile(_ percent: Int64) -> Int64 { permille(10 * percent) }

  /// The same for so many in a thousand.
  func permille(_ permille: Int64) -> Int64 {
    var left = (count * permille + 999) / 1000
    for bucket in 0..<Self.buckets {
      left -= Int64(counts[bucket])
      if left <= 0 { return Swift.min(Self.end(of: bucket), max) }
    }
    return max
  }

  /// The octave is the place of the highest bit, the eighth are the three bits after it.
  private static func bucket(of nanoseconds: Int64) -> Int {
    let value = UInt64(Swift.max(1, nanoseconds))
    let octave = 63 - value.leadingZeroBitCount
    let eighth = octave >= 3 ? value >> UInt64(octave - 3) & 7 : value << UInt64(3 - octave) & 7
    return Swift.min(8 * octave + Int(eighth), buckets - 1)
  }

  /// The longest duration in a bucket.
  private static func end(of bucket: Int) -> Int64 {
    let (octave, eighth) = (bucket / 8, bucket % 8)
    return (Int64(8 + eighth + 1) << Int64(octave)) / 8 - (octave >= 3 ? 1 : 0)
  }
}
