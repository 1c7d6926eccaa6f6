import Testing

@testable import Core

/// Goal: the log says what happens, and how often, and is not filled by it. Method: the clock is
/// the test's.
@Suite struct LogMeterTests {
  private static let minute: Int64 = 60_000_000_000

  @Test func `ten lines a minute of each kind about each thing, then their number`() {
    var meter = LogMeter()
    func written(_ kind: String, _ subject: String, _ count: Int, at now: Int64) -> Int {
      (0..<count).count { _ in meter.admits(kind, of: subject, at: now) }
    }
    func summaries(at now: Int64) -> [String] { meter.summaries(at: now) }
    #expect(written("left", "sensor a", 1000, at: 0) == 10)
    #expect(written("left", "sensor b", 3, at: 0) == 3)
    #expect(written("refused", "sensor a", 3, at: 0) == 3)
    #expect(summaries(at: Self.minute - 1).isEmpty)
    let texts = meter.summaries(at: Self.minute)
    #expect(texts == ["sensor a: 990 more lines like “left” left out in the last minute"])
    #expect(summaries(at: 2 * Self.minute).isEmpty)
    #expect(written("left", "sensor a", 11, at: Self.minute) == 10, "and again")
  }
}
