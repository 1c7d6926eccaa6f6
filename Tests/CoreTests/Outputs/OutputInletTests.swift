import TestSupport
import Testing

@testable import Core
@testable import System

/// Goal: an output that stands still costs fixed memory and no raise. Method: far more events than
/// the ring holds, and then a reader.
@Suite struct OutputInletTests {
  @Test func `every alert's raise and newest state come through a full ring`() {
    let alerts = 8
    let inlet = OutputInlet(alertCount: alerts)
    var put = 0
    for round in 0..<100 {
      for alert in 0..<alerts {
        let transition: AlertTransition = round & 1 == 0 ? .raised : .cleared
        inlet.put(Make.event(transition, alert: alert, sample: Int64(round)))
        put += 1
      }
    }
    #expect(inlet.isBehind)
    var accounted = 0
    var last = [AlertEvent?](repeating: nil, count: alerts)
    repeat {
      inlet.tick()
      while let queued = inlet.take() {
        accounted += 1 + Int(queued.missed)
        if let before = last[queued.event.alert] {
          #expect(before.sample < queued.event.sample, "an alert's events keep their order")
        }
        last[queued.event.alert] = queued.event
      }
    } while inlet.isBehind
    #expect(accounted == put)
    for event in last {
      #expect(event?.transition == .cleared && event?.sample == 99)
    }
  }

  @Test func `a full ring wakes its reader no more until something moves`() {
    let inlet = OutputInlet(alertCount: 1)
    for _ in 0...OutputLimits.eventsWaitingMax { inlet.put(Make.event(.raised)) }
    #expect(inlet.isBehind && waitsForInput(inlet.wakeup.descriptor, milliseconds: 0))
    inlet.wakeup.clear()
    for _ in 0..<100 { inlet.tick() }
    #expect(!waitsForInput(inlet.wakeup.descriptor, milliseconds: 0), "nothing has moved")
    _ = inlet.take()
    inlet.tick()
    #expect(waitsForInput(inlet.wakeup.descriptor, milliseconds: 0))
  }

  @Test func `with room nothing waits behind the ring`() {
    let inlet = OutputInlet(alertCount: 1)
    for _ in 0..<OutputLimits.eventsWaitingMax { inlet.put(Make.event(.raised)) }
    #expect(!inlet.isBehind)
    inlet.put(Make.event(.cleared))
    #expect(inlet.isBehind)
    inlet.tick()
    #expect(inlet.isBehind, "there is no room yet")
    _ = inlet.take()
    inlet.tick()
    #expect(!inlet.isBehind)
  }
}
