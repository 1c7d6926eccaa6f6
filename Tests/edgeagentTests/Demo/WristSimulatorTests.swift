import Testing

@testable import System
import TestSupport
@testable import edgeagent

/// Goal: the simulated day is the same for the same seed and is what it says: its length, its fall
/// where the impact is announced, everything else weaker.
@Suite struct WristSimulatorTests {
  private typealias Sample = (activity: WristSimulator.Activity, values: [Double])

  private func day(seed: UInt64) -> [Sample] {
    var wrist = WristSimulator(seed: seed)
    var samples: [Sample] = []
    while case let activity = wrist.activity, let values = wrist.next() {
      samples.append((activity, values))
    }
    return samples
  }

  private func force(_ sample: Sample) -> Double {
    sample.values[..<3].reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test func `is the same for the same seed and another for another`() {
    #expect(day(seed: 7).map { $0.values } == day(seed: 7).map { $0.values })
    #expect(day(seed: 7).map { $0.values } != day(seed: 8).map { $0.values })
  }

  @Test func `lasts as long as its steps and then stays over`() {
    let seconds = WristSimulator.day.reduce(0) { $0 + $1.seconds }
    #expect(seconds == 21)
    #expect(day(seed: 1).count == 21 * WristSimulator.rateHertz)
    var wrist = WristSimulator(steps: [.init(activity: .still, seconds: 0.02)])
    #expect(wrist.next()?.count == 6)
    #expect(wrist.next() == nil && wrist.next() == nil)
    #expect(wrist.activity == .still)
  }

  @Test func `the blow comes when the impact is announced, and nothing else is as hard`() throws {
    var random = seededRandom("a hundred simulated days")
    for _ in 0..<100 {
      let samples = day(seed: random.next())
      let start = try #require(samples.firstIndex { $0.activity == .falling })
      let peak = try #require(samples.indices.max { force(samples[$0]) < force(samples[$1]) })
      let second = Double(peak - start) / Double(WristSimulator.rateHertz)
      #expect(abs(second - WristSimulator.impactSeconds) < 0.1, "the blow lasts a tenth")
      #expect((4...30).contains(force(samples[peak])), "many g, and no more than sensors record")
      let claps = samples.filter { $0.activity == .clapping }.map(force).max() ?? 0
      #expect((2...6).contains(claps), "a clap is hard, a fall is harder: \(claps)")
      #expect(samples.filter { $0.activity == .walking }.map(force).max()! < 3)
      #expect(samples.filter { $0.activity == .lying }.map(force).max()! < 0.1)
      #expect(samples.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
    }
  }

  @Test func `a sample reads as its sensor would send it`() {
    #expect(
      String(decoding: WristLine.csv([0.0124, -1, 2.5, 100.04, -0.01, 7]), as: UTF8.self)
        == "0.012,-1.000,2.500,100.0,0.0,7.0\n")
  }
}

/// Goal: the noise is the same on every machine, and is spread as it says.
@Suite struct SplitMixTests {
  @Test func `gives the numbers of its publication`() {
    // Steele, Lea, Flood's generator with state 1234567, as reference implementations print it.
    var random = SplitMix(state: 1_234_567)
    #expect(random.next() == 6_457_827_717_110_365_317)
    #expect(random.next() == 3_203_168_211_198_807_973)
    #expect(random.next() == 9_817_491_932_198_370_423)
  }

  @Test func `uniform numbers stay within one, normal ones within six`() {
    var random = seededRandom("a hundred thousand numbers")
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<100_000 {
      let unit = random.unit()
      #expect(unit >= 0 && unit < 1)
      let normal = random.gaussian()
      #expect(abs(normal) <= 6)
      sum += normal
      squares += normal * normal
    }
    #expect(abs(sum / 1e5) < 0.03 && abs(squares / 1e5 - 1) < 0.05)
  }
}
