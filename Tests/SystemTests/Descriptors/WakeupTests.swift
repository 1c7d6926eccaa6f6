import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: a waiting thread is woken. No wake-up is lost, and none wakes a thread twice.
@Suite struct WakeupTests {
  @Test func `is quiet until woken and after it was cleared`() {
    let wakeup = Wakeup()
    defer { close(wakeup.descriptor) }
    #expect(!waitsForInput(wakeup.descriptor, milliseconds: 0))
    wakeup.clear()
    wakeup.wake()
    wakeup.wake()
    #expect(waitsForInput(wakeup.descriptor, milliseconds: 0))
    wakeup.clear()
    #expect(!waitsForInput(wakeup.descriptor, milliseconds: 0))
  }

  @Test func `wakes another thread`() {
    let wakeup = Wakeup()
    defer { close(wakeup.descriptor) }
    #expect(Thread.start("waker") { wakeup.wake() })
    #expect(waitsForInput(wakeup.descriptor, milliseconds: 2000))
  }
}

/// Goal: the watchdog sees the time of a thread's latest round.
@Suite struct HeartbeatTests {
  @Test func `starts young and beats forward`() {
    let before = Clock.boot()
    let heart = Heartbeat()
    let first = heart.last
    #expect(first >= before)
    while Clock.boot() == first {}
    heart.beat()
    #expect(heart.last > first)
  }
}
