import Testing

@testable import System
import TestSupport

/// Goal: a thread hears that it is to stop, and until when; who asks hears that it has, and waits
/// for no thread that hangs. Method: a thread with one, and one that is missing.
@Suite struct StopSignTests {
  @Test func `a thread that is asked stops, and is waited for`() {
    let (wakeup, limit) = (Wakeup(), Clock.boot() + 10_000_000_000)
    let sign = StopSign(wakeup)
    #expect(sign.deadline == nil && !sign.hasStopped)
    let isStarted = Thread.start("obedient") {
      while sign.deadline == nil { wakeup.wait(milliseconds: 60_000) }
      #expect(sign.deadline == limit)
      sign.obey()
    }
    #expect(isStarted)
    #expect(sign.stop(until: limit), "asking wakes it")
    #expect(sign.hasStopped)
  }

  @Test func `a thread that hangs is left behind`() {
    let wakeup = Wakeup()
    let sign = StopSign(wakeup)
    let start = Clock.boot()
    #expect(!sign.stop(until: start + 20_000_000))
    #expect(Clock.boot() >= start + 20_000_000 && !sign.hasStopped)
    #expect(waitsForInput(wakeup.descriptor, milliseconds: 0))
  }
}
