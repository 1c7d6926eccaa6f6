/// What happened in the last minute, counted in six slots of ten seconds.
///
/// Hot: allocates nothing.
struct MinuteCounter: BitwiseCopyable, Sendable {
  static let slotNanoseconds: Int64 = 10_000_000_000
  private static let slotCount: Int64 = 6

  private var counts = InlineArray<6, Int64>(repeating: 0)
  /// The number of the newest slot, counted from the start of the clock.
  private var newest: Int64

  /// - Parameter now: CLOCK_BOOTTIME in nanoseconds, as in every other call.
  init(at now: Int64) { newest = Self.slot(now) }

  mutating func add(_ count: Int64 = 1, at now: Int64) {
    turn(to: now)
    counts[Self.place(newest)] &+= count
  }

  /// The count of the last 50 to 60 seconds.
  mutating func sum(at now: Int64) -> Int64 {
    turn(to: now)
    var sum: Int64 = 0
    for index in counts.indices { sum &+= counts[index] }
    return sum
  }

  /// The count of the last slot that is over.
  mutating func lastSlot(at now: Int64) -> Int64 {
    turn(to: now)
    return counts[Self.place(newest - 1)]
  }

  private mutating func turn(to now: Int64) {
    let slot = Self.slot(now)
    guard slot > newest else { return }
    for passed in max(newest + 1, slot - Self.slotCount + 1)...slot {
      counts[Self.place(passed)] = 0
    }
    newest = slot
  }

  /// Never below the count of slots, so that the slot before it has a place too.
  private static func slot(_ time: Int64) -> Int64 { max(0, time) / slotNanoseconds + slotCount }
  private static func place(_ slot: Int64) -> Int { Int(slot % slotCount) }
}
