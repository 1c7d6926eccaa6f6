import Testing

@testable import Sync

/// Goal: recordings never cost more than a day's bytes in any day, and no clock and no restart
/// closes or opens the link for good.
@Suite struct RecordingBudgetTests {
  private typealias Moment = RecordingBudget.Moment
  private static let day: Int64 = 86_400
  /// A Monday in 2026.
  private static let monday = 20_500 * day

  private func moment(_ seconds: Int64, hours: Int64, boot: String = "b") -> Moment {
    Moment(seconds: seconds, boot: boot, at: hours * 3_600_000_000_000)
  }

  @Test func `bytes are gone until the next date`() {
    var budget = RecordingBudget()
    #expect(budget.left(of: 100, at: moment(Self.monday, hours: 1)) == 100)
    budget.reserve(40)
    #expect(budget.left(of: 100, at: moment(Self.monday + Self.day - 1, hours: 2)) == 60)
    budget.reserve(70)
    #expect(budget.left(of: 100, at: moment(Self.monday + Self.day - 1, hours: 2)) == 0)
    #expect(budget.left(of: 100, at: moment(Self.monday + Self.day, hours: 3)) == 100)
  }

  @Test func `what went counts, not what was reserved`() {
    var budget = RecordingBudget()
    #expect(budget.left(of: 100, at: moment(Self.monday, hours: 0)) == 100)
    budget.reserve(60)
    budget.settle(reserved: 60, spent: 45)
    #expect(budget.bytes == 45)
    budget.reserve(50)
    budget.settle(reserved: 50, spent: 0)
    #expect(budget.bytes == 45)
  }

  @Test func `a restart and a boot bring no new day`() {
    var budget = RecordingBudget()
    _ = budget.left(of: 100, at: moment(Self.monday, hours: 1))
    budget.reserve(100)
    for boot in ["b", "c", "d"] {
      #expect(budget.left(of: 100, at: moment(Self.monday + 9, hours: 0, boot: boot)) == 0)
    }
  }

  @Test func `a clock that is set after each boot brings one new day a day`() {
    var budget = RecordingBudget()
    var sent = 0
    for boot in 0..<50 {
      for seconds in [Self.monday - 400 * Self.day, Self.monday] {
        let left = budget.left(of: 10, at: moment(seconds, hours: 0, boot: "\(boot)"))
        sent += Int(left)
        budget.reserve(left)
      }
    }
    #expect(sent == 20, "of the first time that this board told, and of its day")
  }

  @Test func `without a date a day has 24 hours of one boot`() {
    var budget = RecordingBudget()
    _ = budget.left(of: 10, at: moment(Self.monday, hours: 5))
    budget.reserve(10)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 28)) == 0)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 29)) == 10)
    budget.reserve(10)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 23, boot: "c")) == 0)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 46, boot: "c")) == 0)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 47, boot: "c")) == 10)
  }

  @Test func `a date of 2038 closes it for a day, not for years`() {
    var budget = RecordingBudget()
    _ = budget.left(of: 10, at: moment(Self.monday + 4000 * Self.day, hours: 0))
    budget.reserve(10)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 1)) == 0)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 24)) == 10)
    budget.reserve(10)
    #expect(budget.left(of: 10, at: moment(Self.monday + Self.day, hours: 25)) == 10)
  }

  @Test func `a boot without an id begins its hours anew`() {
    var budget = RecordingBudget()
    _ = budget.left(of: 10, at: moment(Self.monday, hours: 900, boot: ""))
    budget.reserve(10)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 1, boot: "")) == 0)
    #expect(budget.left(of: 10, at: moment(Self.monday, hours: 25, boot: "")) == 10)
  }

  @Test func `no number traps`() {
    let numbers: [Int64] = [.min, -1, 0, 1, .max]
    for seconds in numbers {
      for bytes in numbers {
        for at in [0, .max] as [Int64] {
          var budget = RecordingBudget()
          (budget.day, budget.bytes, budget.since) = (.max, .max, .max)
          budget.reserve(bytes)
          budget.settle(reserved: bytes, spent: bytes)
          let left = budget.left(
            of: bytes, at: Moment(seconds: seconds, boot: "b", at: at))
          #expect(left >= 0 && left <= max(0, bytes))
        }
      }
    }
  }
}
