import Glibc
import Testing

@testable import Sync
@testable import System

/// Goal: what is done meanwhile costs the exchange that it interrupts nothing.
@Suite struct WatchTests {
  private final class Counter: Interlude {
    private(set) var count = 0

    func step() {
      count += 1
      usleep(1_000_000)
    }
  }

  @Test func `time spent meanwhile is not idle time`() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe2(&ends, 0) == 0)
    defer { for end in ends { close(end) } }
    var limits = TimeLimits()
    limits.idleMilliseconds = 1500
    limits.totalMilliseconds = 5000
    let counter = Counter()
    let watch = Watch(limits, cancelDescriptor: nil, interlude: counter)
    watch.enter(.body)
    let begin = Clock.boot()
    do throws(HTTPFault) {
      try watch.wait(for: .readable, of: ends[0])
      Issue.record("something came")
    } catch {
      #expect(error == .timeout(.body, milliseconds: 1500))
    }
    // One second of waiting, one of the other thing, and the rest of the waiting.
    #expect(counter.count == 1)
    #expect((2_400_000_000...4_000_000_000).contains(Clock.boot() - begin))
  }
}
