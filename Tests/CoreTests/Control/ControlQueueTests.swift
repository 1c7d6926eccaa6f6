import System
import Testing

@testable import Config
@testable import Core

@Suite struct ControlQueueTests {
  @Test func `every alert of the largest configuration has room for an order`() {
    let queue = ControlQueue(hotWakeup: Wakeup())
    for alert in 0..<ConfigurationLimits.alertsWithDeadMenMax {
      let order = AlertOrder(
        alert: alert, kind: .act(.acknowledge(episode: 1)), person: PersonName(), at: 0)
      #expect(queue.put(NumberedOrder(number: UInt64(alert), order: order)))
    }
  }
}
