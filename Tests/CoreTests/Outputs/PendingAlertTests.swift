import TestSupport
import Testing

@testable import Core

/// Goal: whatever order events come in, the first untold raise and the newest event are told, and
/// what is left out is counted. Method: events by hand, and random series with the sum as oracle.
@Suite struct PendingAlertTests {
  private func told(_ transitions: [AlertTransition]) -> [String] {
    var pending = PendingAlert()
    for (index, transition) in transitions.enumerated() {
      pending.put(QueuedEvent(event: Make.event(transition, sample: Int64(index))))
    }
    var told: [String] = []
    while let queued = pending.take() {
      told.append("\(queued.event.transition.word) \(queued.event.sample) -\(queued.missed)")
    }
    #expect(pending.isEmpty)
    return told
  }

  @Test func `one event is told as it is`() {
    #expect(told([]) == [])
    #expect(told([.raised]) == ["raised 0 -0"])
    #expect(told([.cleared]) == ["cleared 0 -0"])
    #expect(told([.raised, .cleared]) == ["raised 0 -0", "cleared 1 -0"])
  }

  @Test func `flapping is the first raise and the last state, with a count`() {
    #expect(
      told([.raised, .cleared, .raised, .cleared, .raised, .cleared])
        == ["raised 0 -0", "cleared 5 -4"])
    #expect(told([.raised, .cleared, .raised]) == ["raised 0 -0", "raised 2 -1"])
  }

  @Test func `a raise is told though it came after what called nobody`() {
    #expect(told([.cleared, .raised, .cleared]) == ["raised 1 -1", "cleared 2 -0"])
    #expect(told([.acknowledged, .cleared, .raised]) == ["raised 2 -2"])
  }

  @Test func `a new episode goes before a reminder of the last one`() {
    #expect(
      told([.repeated, .cleared, .raised, .cleared]) == ["raised 2 -2", "cleared 3 -0"])
    #expect(told([.raised, .repeated, .escalated]) == ["raised 0 -0", "escalated 2 -1"])
  }

  @Test func `what is left out for what waits is counted with the first of it`() {
    var pending = PendingAlert()
    let older = QueuedEvent(event: Make.event(.repeated), missed: 2)
    pending.leaveOut(older)
    #expect(pending.isEmpty)
    pending.put(QueuedEvent(event: Make.event(.raised)))
    pending.put(QueuedEvent(event: Make.event(.cleared)))
    pending.leaveOut(older)
    #expect(pending.calls && pending.take()?.missed == 3)
    #expect(pending.take()?.missed == 0)
    pending.put(QueuedEvent(event: Make.event(.cleared), missed: .max))
    pending.leaveOut(older)
    #expect(pending.take()?.missed == .max)
  }

  @Test func `every event is told or counted, whatever the order`() {
    var random = seededRandom("pending alerts")
    for _ in 0..<500 {
      var pending = PendingAlert()
      var (put, accounted) = (0, 0)
      var untoldRaise = false
      for _ in 0..<random.next(below: 20) {
        if random.next(below: 3) == 0, let queued = pending.take() {
          accounted += 1 + Int(queued.missed)
          if queued.event.calls { untoldRaise = false }
        } else {
          let all = AlertTransition.allCases
          let event = Make.event(all[Int(random.next(below: UInt64(all.count)))])
          pending.put(QueuedEvent(event: event))
          put += 1
          if event.calls { untoldRaise = true }
        }
        if untoldRaise { #expect(!pending.isEmpty) }
      }
      while let queued = pending.take() { accounted += 1 + Int(queued.missed) }
      #expect(accounted == put)
    }
  }

  @Test func `the count of what was left out does not wrap`() {
    var pending = PendingAlert()
    pending.put(QueuedEvent(event: Make.event(.cleared), missed: .max))
    pending.put(QueuedEvent(event: Make.event(.cleared), missed: 5))
    let queued = pending.take()
    #expect(queued?.missed == .max)
  }
}
