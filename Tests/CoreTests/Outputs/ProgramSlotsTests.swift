import TestSupport
import Testing

@testable import Core

/// Goal: what runs next, what waits, and what a retry does to it. Method: a table without
/// processes.
@Suite struct ProgramSlotsTests {
  /// Alert 0 to outputs 0 and 1, alert 1 to output 0.
  private func slots() -> ProgramSlots {
    ProgramSlots([
      OutputLink(alert: 0, output: 0, isEscalation: false),
      OutputLink(alert: 0, output: 1, isEscalation: false),
      OutputLink(alert: 1, output: 0, isEscalation: false),
    ])
  }

  private func put(_ slots: inout ProgramSlots, _ transition: AlertTransition, alert: Int = 0) {
    slots.put(QueuedEvent(event: Make.event(transition, alert: alert)))
  }

  private func next(_ slots: inout ProgramSlots, at time: Int64) -> ProgramSlots.Task? {
    slots.next(at: time)
  }

  @Test func `each output runs once at a time, and both at once`() throws {
    var slots = slots()
    put(&slots, .raised)
    put(&slots, .raised, alert: 1)
    let (one, two) = (try #require(next(&slots, at: 0)), try #require(next(&slots, at: 0)))
    #expect((one.slot, two.slot) == (0, 1))
    #expect(next(&slots, at: 0) == nil, "output 0 is busy with alert 0")
    slots.finished(one)
    #expect(next(&slots, at: 0)?.slot == 2)
    #expect(!slots.isIdle)
  }

  @Test func `who calls a person goes before who does not`() throws {
    var slots = slots()
    put(&slots, .cleared)
    put(&slots, .raised, alert: 1)
    #expect(next(&slots, at: 0)?.slot == 2)
    #expect(next(&slots, at: 0)?.slot == 1)
  }

  @Test func `who calls to something new goes before who reminds`() throws {
    // Alerts 0 to 3 to one output.
    var slots = ProgramSlots((0..<4).map { OutputLink(alert: $0, output: 0, isEscalation: false) })
    put(&slots, .raised, alert: 3)
    let running = try #require(next(&slots, at: 0))
    put(&slots, .cleared, alert: 3)
    put(&slots, .repeated, alert: 1)
    put(&slots, .repeated, alert: 2)
    put(&slots, .raised, alert: 0)
    slots.finished(running)
    var order: [Int] = []
    while let task = next(&slots, at: 0) {
      order.append(task.queued.event.alert)
      slots.finished(task)
    }
    #expect(order == [0, 1, 2, 3])
  }

  @Test func `a failed reminder gives way to a new episode, a failed raise to nothing`() throws {
    for isPutFirst in [true, false] {
      var slots = slots()
      put(&slots, .repeated, alert: 1)
      var task = try #require(next(&slots, at: 0))
      if isPutFirst { put(&slots, .raised, alert: 1) }
      slots.again(task, at: 100)
      if !isPutFirst { put(&slots, .raised, alert: 1) }
      task = try #require(next(&slots, at: 0))
      #expect(task.queued.event.transition == .raised && task.queued.missed == 1)
      slots.again(task, at: 100)
      put(&slots, .raised, alert: 1)
      #expect(next(&slots, at: 0) == nil)
      #expect(next(&slots, at: 100)?.failures == 1)
    }
  }

  @Test func `a failed raise is run again at its time, and what came meanwhile after it`() throws {
    var slots = slots()
    put(&slots, .raised, alert: 1)
    let task = try #require(next(&slots, at: 0))
    put(&slots, .cleared, alert: 1)
    slots.again(task, at: 100)
    #expect(slots.nextRetry == 100)
    #expect(next(&slots, at: 99) == nil)
    let again = try #require(next(&slots, at: 100))
    #expect(again.queued.event.transition == .raised && again.failures == 1)
    slots.finished(again)
    #expect(next(&slots, at: 100)?.queued.event.transition == .cleared)
  }

  @Test func `a failed message that calls nobody gives way to news`() throws {
    var slots = slots()
    put(&slots, .cleared, alert: 1)
    var task = try #require(next(&slots, at: 0))
    put(&slots, .raised, alert: 1)
    slots.again(task, at: 100)
    task = try #require(next(&slots, at: 0))
    #expect(task.queued.event.transition == .raised && task.queued.missed == 1)
    slots.finished(task)
    put(&slots, .cleared, alert: 1)
    task = try #require(next(&slots, at: 0))
    slots.again(task, at: 100)
    put(&slots, .raised, alert: 1)
    #expect(next(&slots, at: 0)?.queued.missed == 1, "news after the failure too")
  }

  @Test func `what was not told is named, a retry first`() throws {
    var slots = slots()
    put(&slots, .raised, alert: 1)
    let task = try #require(next(&slots, at: 0))
    slots.again(task, at: 100)
    put(&slots, .acknowledged, alert: 1)
    #expect(slots.untold.map { $0.event.transition } == [.raised, .acknowledged])
  }

  @Test func `pauses double up to a minute`() {
    let seconds = [0, 1, 2, 5, 6, 60, 10_000].map {
      ProgramLane.pauseNanoseconds(afterFailures: $0) / 1_000_000_000
    }
    #expect(seconds == [1, 2, 4, 32, 60, 60, 60])
  }
}
