import Config

/// One number of the samples of the last while: slope, mean, deviation or span. In fixed memory,
/// whatever the rate: the time is cut into 64 slots, and each slot holds sums of its samples. An
/// answer is of the slot that is being filled and the 63 before it, which is between 63/64 and all
/// of the time.
///
/// Each slot keeps its values relative to its first one, and means with sums of squares around them
/// (Welford; slots are added as Chan, Golub and LeVeque do). So the error follows the spread of the
/// values and not their size: for 10⁶ ± 0.01 it was at most 2 · 10⁻¹⁵ of the spread, and the tests
/// hold it below 10⁻¹².
///
/// Hot: O(1) a sample, amortised; O(64) an answer; allocates nothing.
final class SlidingStatistic {
  static let slotCount = 64
  static let byteCount = slotCount * MemoryLayout<Slot>.stride

  /// Samples of one slot, or of several that were added up.
  fileprivate struct Slot: BitwiseCopyable {
    var count = 0.0
    /// The first value; `mean` is relative to it.
    var first = 0.0
    var mean = 0.0
    /// The mean time in seconds, relative to the beginning of the slot.
    var meanTime = 0.0
    /// Σ(x − mean)², Σ(t − meanTime)(x − mean), Σ(t − meanTime)²
    var squares = 0.0
    var products = 0.0
    var timeSquares = 0.0
    var low = 0.0
    var high = 0.0
  }

  private let statistic: Statistic
  private let slotNanoseconds: Int64
  private let slotSeconds: Double
  private let slots: UnsafeMutablePointer<Slot>
  /// The number of the slot that is being filled, counted from the boot; slot n is at n mod 64.
  private var newest: Int64 = 0
  /// The number of the slot with the first sample; nil before it.
  private var begun: Int64?

  /// - Parameter time: nanoseconds, at least 64.
  init(_ statistic: Statistic, over time: Int64) {
    precondition(time >= Int64(Self.slotCount))
    self.statistic = statistic
    slotNanoseconds = time / Int64(Self.slotCount)
    slotSeconds = Double(slotNanoseconds) * 1e-9
    slots = .allocate(capacity: Self.slotCount)
    slots.initialize(repeating: Slot(), count: Self.slotCount)
  }

  deinit { slots.deallocate() }

  /// After a gap: the next samples do not continue the earlier ones.
  func forget() {
    begun = nil
    for index in 0..<Self.slotCount { slots[index].count = 0 }
  }

  /// Takes one sample; a value that is not finite is none. `time` is CLOCK_BOOTTIME in nanoseconds.
  ///
  /// A pause of the whole time is a gap.
  func add(_ value: Double, at time: Int64) {
    advance(to: time)
    guard value.isFinite else { return }
    if begun == nil { begun = newest }
    let seconds = Double(max(time, 0) - newest * slotNanoseconds) * 1e-9
    let slot = slots + Self.index(newest)
    if slot.pointee.count == 0 {
      slot.pointee = Slot()
      (slot.pointee.first, slot.pointee.low, slot.pointee.high) = (value, value, value)
    }
    slot.pointee.add(value, seconds)
  }

  /// The statistic of the samples up to `time`.
  ///
  /// - Returns: nil until samples came for at least 62/64 of the time, and where there are too few:
  ///   a slope takes two different times, the others one sample.
  func answer(at time: Int64) -> Double? {
    advance(to: time)
    guard let begun, newest - begun >= Int64(Self.slotCount) - 1 else { return nil }
    var sum = Slot()
    for number in newest - Int64(Self.slotCount) + 1...newest {
      let slot = slots[Self.index(number)]
      if slot.count > 0 {
        sum.add(slot, shift: Double(number - newest) * slotSeconds)
      }
    }
    guard sum.count > 0 else { return nil }
    switch statistic {
    case .rate: return sum.timeSquares > 0 ? sum.products / sum.timeSquares : nil
    case .mean: return sum.first + sum.mean
    case .deviation: return (sum.squares / sum.count).squareRoot()
    case .span: return sum.high - sum.low
    }
  }

  private static func index(_ number: Int64) -> Int { Int(number % Int64(slotCount)) }

  /// Empties the slots between the newest one and that of `time`. A time that goes back stays in
  /// the newest slot.
  private func advance(to time: Int64) {
    let number = max(time, 0) / slotNanoseconds
    guard number > newest else { return }
    if number - newest >= Int64(Self.slotCount) {
      forget()
    } else {
      for passed in newest + 1...number { slots[Self.index(passed)].count = 0 }
    }
    newest = number
  }
}

extension SlidingStatistic.Slot {
  fileprivate mutating func add(_ value: Double, _ time: Double) {
    count += 1
    let (distance, age) = (value - first - mean, time - meanTime)
    let share = 1 / count
    mean += distance * share
    meanTime += age * share
    // One distance before and one after the mean has moved: the exact increment.
    let moved = value - first - mean
    squares += distance * moved
    products += age * moved
    timeSquares += age * (time - meanTime)
    low = min(low, value)
    high = max(high, value)
  }

  /// - Parameter shift: what the other's times begin later than these, in seconds.
  fileprivate mutating func add(_ other: Self, shift: Double) {
    guard count > 0 else {
      self = other
      meanTime += shift
      return
    }
    let distance = (other.first - first) + (other.mean - mean)
    let age = other.meanTime + shift - meanTime
    let both = count + other.count
    let share = other.count / both
    squares += other.squares + distance * distance * count * share
    products += other.products + age * distance * count * share
    timeSquares += other.timeSquares + age * age * count * share
    mean += distance * share
    meanTime += age * share
    count = both
    low = min(low, other.low)
    high = max(high, other.high)
  }
}
