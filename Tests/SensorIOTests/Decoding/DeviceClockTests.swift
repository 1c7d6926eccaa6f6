import Testing

@testable import SensorIO
import TestSupport

/// Goal: a counter that begins again and again becomes one long time, over bursts and pauses.
/// Method: seeded clocks of every width, delivered late and in bursts, compared with the true time.
@Suite struct DeviceClockTests {
  private func clock(_ bits: Int, tick: Int64 = 1_000_000) -> DeviceClock {
    DeviceClock(ClockSettings(place: .column(0), nanosecondsPerTick: tick, bits: bits))
  }

  @Test(arguments: [16, 24, 32, 64])
  func `turns are counted, in bursts and over pauses`(bits: Int) {
    var random = SeededGenerator("clock of \(bits) bits")
    for tick in [1, 1000, 1_000_000] as [Int64] {
      var clock = clock(bits, tick: tick)
      let mask = UInt64.max >> UInt64(64 - bits)
      let start = mask - UInt64.random(in: 0...20_000, using: &random)
      var (time, origin) = (Int64(0), Int64?.none)
      // The counter's half turn, less what the delivery may be late.
      let turn = bits == 64 ? Int64.max : Int64(1) << Int64(bits) * tick
      let late = min(turn / 5, 1_000_000_000)
      for _ in 0..<1000 {
        // Of 64 bits no pause is longer than a turn.
        time += .random(in: 1...3 * min(turn / 4, 1_000_000_000_000), using: &random) / tick * tick
        let ticks = (start &+ UInt64(time / tick)) & mask
        let arrival = time + .random(in: 0...late, using: &random)
        guard let read = clock.time(.ticks(ticks), at: arrival) else {
          Issue.record("\(ticks) fits \(bits) bits")
          return
        }
        if origin == nil { origin = read - time }
        #expect(read - time == origin, "\(bits) bits, \(tick) ns")
        guard read - time == origin else { return }
      }
    }
  }

  @Test func `begins where the counter stands`() {
    var clock = clock(32)
    #expect(clock.time(.ticks(5), at: 0) == 5_000_000)
    #expect(clock.time(.ticks(7), at: 0) == 7_000_000)
    clock.forget()
    #expect(clock.time(.ticks(3), at: 0) == 3_000_000)
  }

  @Test func `goes back with a device that begins anew`() {
    var clock = clock(32)
    #expect(clock.time(.ticks(1_000_000), at: 0) == 1_000_000_000_000)
    #expect(clock.time(.ticks(10), at: 20_000_000) == 10_000_000)
  }

  @Test func `has no time for what the counter cannot be`() {
    var clock = clock(16)
    #expect(clock.time(.none, at: 0) == nil)
    #expect(clock.time(.ticks(65_536), at: 0) == nil)
    #expect(clock.time(.ticks(65_535), at: 0) == 65_535_000_000)
    #expect(clock.time(.fraction(1e300), at: 0) == nil)
    #expect(clock.time(.fraction(-.infinity), at: 0) == nil)
    #expect(clock.time(.fraction(1.25), at: 0) == 1_250_000)
  }

  @Test func `no value makes it overflow`() {
    var random = SeededGenerator("clock of anything")
    for bits in [16, 24, 32, 64] {
      for tick in [1, .max] as [Int64] {
        var clock = clock(bits, tick: tick)
        for _ in 0..<1000 {
          let edges: [UInt64] = [0, 1, .max, .max >> 1, random.next()]
          let arrivals: [Int64] = [.min, -1, 0, .max, Int64(truncatingIfNeeded: random.next())]
          _ = clock.time(
            .ticks(edges.randomElement(using: &random)!),
            at: arrivals.randomElement(using: &random)!)
        }
      }
    }
  }

  @Test(arguments: ["7", "18446744073709551615", "007"])
  func `digits are ticks`(text: String) {
    let reading = Array(text.utf8).withUnsafeBytes { ClockReading(text: $0, point: 0x2E) }
    guard case .ticks(let ticks) = reading else {
      Issue.record("\(text) is a count")
      return
    }
    #expect(ticks == UInt64(text))
  }

  @Test(arguments: ["", "x", "1 2", "0x1F", "18446744073709551616e", "--1"])
  func `what is no number is no time`(text: String) {
    let reading = Array(text.utf8).withUnsafeBytes { ClockReading(text: $0, point: 0x2E) }
    guard case .none = reading else {
      Issue.record("\(text) is no number")
      return
    }
  }
}
