import Testing
import TestSupport

@testable import Core
@testable import System

/// Goal: in the end the file says what people were told of each level, whatever comes late.
/// Method: a keeper that writes and answers in order, as a seeded random number has it.
@Suite struct LevelDoubtsTests {
  private static let none = AlertRecord.noLevels(condition: "a")

  private static func level(_ above: Float, _ condition: String = "a") -> AlertRecord {
    .levels(
      SavedOverride(
        condition: condition, kind: 0,
        levels: LevelOverride(low: above, high: above, clearLow: 0, clearHigh: 0), person: "anna",
        wall: 1))
  }

  /// What is due now.
  private static func due(_ doubts: inout LevelDoubts, at now: Int64, as number: UInt64)
    -> [AlertRecord]
  {
    var found: [AlertRecord] = []
    doubts.mend(at: now) { record in
      found.append(record)
      return number
    }
    return found
  }

  @Test func `a late answer takes the level back`() {
    var doubts = LevelDoubts()
    doubts.sent(1, of: "a", told: Self.none)
    doubts.gaveUp(1)
    #expect(Self.due(&doubts, at: 1, as: 2) == [], "nobody knows what the file says")
    doubts.answered(1, isWritten: true, at: 1)
    #expect(Self.due(&doubts, at: 1, as: 2) == [Self.none])
    #expect(Self.due(&doubts, at: 1, as: 3) == [], "once")
    doubts.answered(2, isWritten: false, at: 1)
    #expect(Self.due(&doubts, at: AlertKeepingLimits.retryNanoseconds, as: 3) == [])
    #expect(Self.due(&doubts, at: AlertKeepingLimits.retryNanoseconds + 1, as: 3) == [Self.none])
    doubts.answered(3, isWritten: true, at: 9)
    #expect(Self.due(&doubts, at: .max, as: 4) == [])
  }

  @Test func `a late answer does not take back what was kept since`() {
    var doubts = LevelDoubts()
    doubts.sent(1, of: "a", told: Self.none)
    doubts.gaveUp(1)
    doubts.sent(2, of: "a", told: Self.none)
    doubts.answered(1, isWritten: true, at: 1)
    #expect(Self.due(&doubts, at: 1, as: 9) == [])
    doubts.answered(2, isWritten: true, at: 1)
    #expect(Self.due(&doubts, at: .max, as: 9) == [])
  }

  @Test func `what is refused in time leaves no doubt, but for one from before`() {
    var doubts = LevelDoubts()
    doubts.sent(1, of: "a", told: Self.none)
    doubts.answered(1, isWritten: false, at: 1)
    #expect(Self.due(&doubts, at: .max, as: 2) == [])
    doubts.sent(2, of: "a", told: Self.none)
    doubts.gaveUp(2)
    doubts.sent(3, of: "a", told: Self.none)
    doubts.answered(3, isWritten: false, at: 1)
    #expect(Self.due(&doubts, at: .max, as: 4) == [Self.none])
  }

  @Test func `the file says in the end what was told, in any order of answers`() {
    var random = seededRandom("levels and late answers")
    for _ in 0..<2_000 {
      var world = World()
      for _ in 0..<12 { world.step(&random) }
      world.end(&random)
      #expect(world.file == world.told)
    }
  }

  /// A file, people who set levels, and a keeper between them.
  private struct World {
    private static let conditions = ["a", "b"]
    var file = conditions.map { AlertRecord.noLevels(condition: $0) }
    var told = conditions.map { AlertRecord.noLevels(condition: $0) }
    private var doubts = LevelDoubts()
    private var requests: [(number: UInt64, place: Int, record: AlertRecord)] = []
    private var answers: [(number: UInt64, isWritten: Bool)] = []
    private var next: UInt64 = 1
    private var now: Int64 = 0

    /// A person sets a level, and waits while the keeper does so much of its work.
    mutating func step(_ random: inout SplitMix) {
      settle(upTo: draw(4, &random))
      mend()
      let place = draw(2, &random)
      let record = LevelDoubtsTests.level(Float(draw(3, &random)), Self.conditions[place])
      let number = put(record, place)
      doubts.sent(number, of: Self.conditions[place], told: told[place])
      write(draw(4, &random), &random)
      while !answers.isEmpty {
        let answer = answers.removeFirst()
        doubts.answered(answer.number, isWritten: answer.isWritten, at: now)
        if answer.number == number {
          if answer.isWritten { told[place] = record }
          return
        }
      }
      doubts.gaveUp(number)
      if draw(2, &random) == 0 { write(draw(3, &random), &random) }
    }

    /// The disk works again.
    mutating func end(_ random: inout SplitMix) {
      for _ in 0..<4 {
        write(requests.count, &random, fails: false)
        settle(upTo: .max)
        now += AlertKeepingLimits.retryNanoseconds
        mend()
      }
      #expect(requests.isEmpty, "nothing is in doubt any more")
    }

    private mutating func put(_ record: AlertRecord, _ place: Int) -> UInt64 {
      requests.append((next, place, record))
      next += 1
      return next - 1
    }

    private mutating func write(_ count: Int, _ random: inout SplitMix, fails: Bool = true) {
      for _ in 0..<min(count, requests.count) {
        let (number, place, record) = requests.removeFirst()
        let isWritten = !fails || draw(4, &random) > 0
        if isWritten { file[place] = record }
        answers.append((number, isWritten))
      }
    }

    private mutating func settle(upTo count: Int) {
      for _ in 0..<min(count, answers.count) {
        let answer = answers.removeFirst()
        doubts.answered(answer.number, isWritten: answer.isWritten, at: now)
      }
    }

    private mutating func mend() {
      var sent: [AlertRecord] = []
      let first = next
      doubts.mend(at: now) { record in
        sent.append(record)
        return first + UInt64(sent.count) - 1
      }
      for record in sent {
        let isFirst = record == told[0]
        _ = put(record, isFirst ? 0 : 1)
      }
    }

    private func draw(_ count: Int, _ random: inout SplitMix) -> Int {
      Int(random.next() % UInt64(count))
    }
  }
}
