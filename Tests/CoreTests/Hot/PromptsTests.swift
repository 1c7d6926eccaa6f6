import Config
import Testing
import Text

@testable import Core
@testable import SensorIO

/// Goal: a device is told once in a period, at once after it was opened, and no clock breaks it.
/// Method: the clock is the test's.
@Suite struct PromptsTests {
  private static let second: Int64 = 1_000_000_000

  private static func sensor(_ prompt: [UInt8], rate: Double = 4) -> SensorSettings {
    let place = SourcePlace(file: "edgeagent.toml", line: 1, column: 1)
    var sensor = SensorSettings(
      name: "air", port: .serial(path: "/dev/ttyUSB0", SerialSettings()),
      fields: [FieldSettings(name: "co2")], rateHertz: rate, place: place, portPlace: place,
      fieldsPlace: place, fieldPlaces: [place], ratePlace: place)
    sensor.prompt = prompt
    return sensor
  }

  /// When it is told something, looked at every millisecond from `start` on.
  private func times(_ prompt: Prompt, from start: Int64, milliseconds: Int64) -> [Int64] {
    (0..<milliseconds).map { start + $0 * 1_000_000 }.filter {
      prompt.take(at: $0, isTaken: true) != nil
    }
  }

  @Test func `a sensor that sends by itself has none`() {
    #expect(Prompt(Self.sensor([])) == nil)
  }

  @Test func `it is told at once, and then once in a period`() throws {
    let prompt = try #require(Prompt(Self.sensor([1, 2, 3])))
    prompt.begin(at: 0)
    let start = 100 * Self.second
    let bytes = try #require(prompt.take(at: start, isTaken: true))
    #expect(Array(bytes) == [1, 2, 3])
    let told = times(prompt, from: start, milliseconds: 10_000)
    #expect(told.count == 39)
    #expect(zip(told, told.dropFirst()).allSatisfy { $1 - $0 == Self.second / 4 })
  }

  @Test func `what was missed is not made up for`() throws {
    let prompt = try #require(Prompt(Self.sensor([1])))
    prompt.begin(at: 0)
    #expect(prompt.take(at: Self.second, isTaken: true) != nil)
    // A stall of ten seconds.
    #expect(times(prompt, from: 11 * Self.second, milliseconds: 1000).count == 4)
  }

  @Test func `what the port has not taken is finished first`() throws {
    let prompt = try #require(Prompt(Self.sensor([1, 2, 3])))
    prompt.begin(at: 5)
    #expect(prompt.take(at: 4, isTaken: true) == nil)
    _ = prompt.take(at: 5, isTaken: true)
    prompt.wrote(1, of: 3)
    let rest = try #require(prompt.take(at: Self.second, isTaken: false))
    #expect(Array(rest) == [2, 3])
    prompt.wrote(0, of: 2)
    let again = try #require(prompt.take(at: 2 * Self.second, isTaken: false))
    #expect(Array(again) == [2, 3])
    prompt.wrote(2, of: 2)
    #expect(prompt.take(at: 3 * Self.second, isTaken: false) == nil)
    let whole = try #require(prompt.take(at: 4 * Self.second, isTaken: true))
    #expect(Array(whole) == [1, 2, 3])
  }

  @Test func `prompts of one line have a pause between them`() {
    #expect(PipelineLimits.promptPause(of: []) == 0)
    #expect(PipelineLimits.promptPause(of: [Self.second]) == 0)
    #expect(PipelineLimits.promptPause(of: [Self.second, 9 * Self.second]) == 50_000_000)
    #expect(PipelineLimits.promptPause(of: [10_000_000, Self.second]) == 2_500_000)
  }

  @Test func `the slowest and the fastest sensor, and the ends of time, do no harm`() throws {
    for rate in [0.00001, 1e-300, 100_000] {
      let prompt = try #require(Prompt(Self.sensor([1], rate: max(rate, 0.00001))))
      prompt.begin(at: 0)
      for now in [0, 1, .max - 1, .max, .min, 0] as [Int64] {
        _ = prompt.take(at: now, isTaken: true)
      }
    }
  }
}
