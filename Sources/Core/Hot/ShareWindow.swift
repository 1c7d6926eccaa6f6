/// How much of a count was of one kind, over the last while: both counts go into slots of a
/// sixtieth of the time, so that the memory is fixed however long the time is.
///
/// The answer covers the last 59 to 60 slots. Hot: allocates nothing.
struct ShareWindow: BitwiseCopyable, Sendable {
  private struct Slot: BitwiseCopyable {
    var number: Int64 = -1
    var part: Int64 = 0
    var whole: Int64 = 0
  }

  private static let slotCount: Int64 = 60
  private var slots = InlineArray<60, Slot>(repeating: Slot())
  private let slotNanoseconds: Int64
  private var startedAt: Int64
  private var lastPart: Int64
  private var lastWhole: Int64

  /// - Parameters:
  ///   - over: nanoseconds, at least 60.
  ///   - part, whole: the counts so far; they never go back.
  init(over: Int64, part: Int64, whole: Int64, at time: Int64) {
    slotNanoseconds = max(1, over / Self.slotCount)
    startedAt = time
    (lastPart, lastWhole) = (part, whole)
  }

  /// Forgets what was counted: the answer covers the time from here on.
  mutating func restart(part: Int64, whole: Int64, at time: Int64) {
    slots = InlineArray(repeating: Slot())
    startedAt = time
    (lastPart, lastWhole) = (part, whole)
  }

  mutating func count(part: Int64, whole: Int64, at time: Int64) {
    let number = time / slotNanoseconds
    let index = Int(number % Self.slotCount)
    if slots[index].number != number { slots[index] = Slot(number: number) }
    slots[index].part += part - lastPart
    slots[index].whole += whole - lastWhole
    (lastPart, lastWhole) = (part, whole)
  }

  /// Of the slots that are not too old.
  func sums(at time: Int64) -> (part: Int64, whole: Int64) {
    let oldest = time / slotNanoseconds - Self.slotCount + 1
    var sums = (part: Int64(0), whole: Int64(0))
    for index in 0..<Int(Self.slotCount) where slots[index].number >= oldest {
      sums.part += slots[index].part
      sums.whole += slots[index].whole
    }
    return sums
  }

  /// The time that `sums` covers, in nanoseconds; 0 at the start.
  func covered(at time: Int64) -> Int64 {
    let oldest = (time / slotNanoseconds - Self.slotCount + 1) * slotNanoseconds
    return max(0, time - max(oldest, startedAt))
  }

  /// A tenth of the time has to be covered before an answer means anything.
  func isFilled(at time: Int64) -> Bool {
    covered(at: time) >= slotNanoseconds * (Self.slotCount / 10)
  }
}
