import CPlatform
import System

/// Simulates a wrist sensor: daily life at 50 Hz with one fall. One seed always gives the same
/// samples.
///
/// Each channel of an activity is a few sines and smoothed noise, as strong as real wrist sensors
/// record it. Walking swings by ±0.5 g and ±200 deg/s. A clap is one hard sample. A fall is a
/// second of growing turmoil, a spike of many g, a bounce, and then stillness. No recording is in
/// here.
struct WristSimulator {
  enum Activity: Equatable {
    case still, sitting, walking, clapping, falling, lying
  }

  struct Step: Equatable {
    let activity: Activity
    let seconds: Double
  }

  static let rateHertz = 50

  /// Twenty-one seconds with every activity. The fall begins at 14.5 s.
  static let day: [Step] = [
    Step(activity: .still, seconds: 0.5),
    Step(activity: .walking, seconds: 5),
    Step(activity: .sitting, seconds: 3),
    Step(activity: .clapping, seconds: 2.5),
    Step(activity: .walking, seconds: 3.5),
    Step(activity: .falling, seconds: 2),
    Step(activity: .lying, seconds: 4.5),
  ]

  /// Seconds from the start of `falling` to its impact.
  static let impactSeconds = 0.9

  private let steps: [Step]
  private var step = 0
  private var tick = 0
  private var random: SplitMix
  /// One value for each channel. A one-pole low-pass smooths white noise, because limbs have
  /// inertia.
  private var drift = [Double](repeating: 0, count: 6)

  init(steps: [Step] = day, seed: UInt64 = 1) {
    self.steps = steps
    random = SplitMix(state: seed)
  }

  var activity: Activity { steps[min(step, steps.count - 1)].activity }

  /// The next sample: `[ax, ay, az]` in g without gravity and `[wx, wy, wz]` in deg/s. It is nil at
  /// the end of the day.
  mutating func next() -> [Double]? {
    guard step < steps.count else { return nil }
    let time = Double(tick) / Double(Self.rateHertz)
    for channel in drift.indices { drift[channel] += (random.gaussian() - drift[channel]) * 0.25 }
    let sample = (0..<6).map { channel in
      let value = value(channel, at: time) + random.gaussian() * (channel < 3 ? 0.006 : 0.6)
      // Such sensors measure no more than this.
      return channel < 3 ? min(max(value, -16), 16) : min(max(value, -2000), 2000)
    }
    tick += 1
    if Double(tick) >= steps[step].seconds * Double(Self.rateHertz) { (step, tick) = (step + 1, 0) }
    return sample
  }

  private func value(_ channel: Int, at time: Double) -> Double {
    let isGyroscope = channel >= 3
    let noise = drift[channel]
    switch activity {
    case .still, .lying:
      return 0
    case .sitting:
      return noise * (isGyroscope ? 30 : 0.05)
    case .walking:
      return swing(channel, at: time) + noise * (isGyroscope ? 25 : 0.1)
    case .clapping:
      return clap(channel, at: time) + noise * (isGyroscope ? 40 : 0.15)
    case .falling:
      return fall(channel, at: time)
    }
  }

  /// The arm swings once a double step, the body bounces twice.
  private func swing(_ channel: Int, at time: Double) -> Double {
    let amplitude = [0.30, 0.40, 0.25, 150, 70, 120][channel]
    let phase = [0.0, 0.9, 2.1, 0.4, 1.7, 2.6][channel]
    let turn = 2 * Double.pi * time
    return amplitude * (sin(turn * 0.95 + phase) + 0.35 * sin(turn * 1.9 + 2 * phase))
  }

  /// Two hits a second: a fast turn of the wrist and one hard sample.
  private func clap(_ channel: Int, at time: Double) -> Double {
    let sinceHit = time.truncatingRemainder(dividingBy: 0.5)
    let direction = [0.3, -0.35, 0.9, 0.6, 0.4, -0.7][channel]
    if channel >= 3 { return direction * 300 * sin(4 * Double.pi * time) }
    return sinceHit < 0.019 ? direction * 3.5 : direction * 0.4 * sin(4 * Double.pi * time)
  }

  /// How strong a fall is at a time after its impact. Before the impact the turmoil grows. The blow
  /// takes a tenth of a second, and the bounce ends half a second later.
  private static let fallEnvelope: [(seconds: Double, force: Double, turn: Double)] = [
    (-0.9, 0.1, 10), (-0.7, 0.7, 120), (-0.3, 1.2, 260), (-0.1, 3.5, 550), (0, 11, 900),
    (0.04, 6, 500), (0.1, 3.2, 260), (0.2, 2.4, 240), (0.3, 1, 100), (0.45, 0.4, 40),
    (0.7, 0.05, 6), (1.1, 0.01, 1),
  ]

  private static let fallDirection = [-0.45, -0.75, 0.65, -0.5, -0.8, 0.6]

  private func fall(_ channel: Int, at time: Double) -> Double {
    let since = time - Self.impactSeconds
    let next = Self.fallEnvelope.firstIndex { $0.seconds > since } ?? Self.fallEnvelope.count - 1
    let (before, after) = (Self.fallEnvelope[max(0, next - 1)], Self.fallEnvelope[next])
    let part = min(1, max(0, (since - before.seconds) / (after.seconds - before.seconds)))
    let force = before.force + (after.force - before.force) * part
    let turn = before.turn + (after.turn - before.turn) * part
    let thrown = (0..<6).map { 0.5 * Self.fallDirection[$0] + 2 * drift[$0] }
    if channel >= 3 { return thrown[channel] * turn }
    // The direction of the blow is random, its strength is not. So for every seed the blow is the
    // hardest moment: at least 0.8 · 11 g, and at most 2 · 3.5 g before and after it.
    let length = thrown[..<3].reduce(0) { $0 + $1 * $1 }.squareRoot()
    return thrown[channel] / length * min(max(length, 0.8), 2) * force
  }
}
