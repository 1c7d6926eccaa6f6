import Testing

@testable import Core

/// Goal: a value that hangs is found in time, and one that moves or does not come is not. Method:
/// samples by hand, one a second; a letter for each answer: `!` stuck, `_` it moves, `?` not known.
@Suite struct StuckDetectorTests {
  private static let second: Int64 = 1_000_000_000

  private func letters(_ values: [Float], over seconds: Int64 = 3, deadBand: Float = 0.5) -> String
  {
    var detector = StuckDetector(over: seconds * Self.second, deadBand: deadBand)
    return values.enumerated().map { index, value in
      Self.letter(detector.add(value, at: Int64(index) * Self.second))
    }.joined()
  }

  private static func letter(_ isStuck: Bool?) -> String {
    isStuck.map { $0 ? "!" : "_" } ?? "?"
  }

  @Test func `a value without a change is stuck after the whole time`() {
    #expect(letters([7, 7, 7, 7, 7]) == "???!!")
    #expect(letters([7, 7.5, 6.5, 7, 7]) == "???!!", "within the dead band, itself included")
  }

  @Test func `a change beyond the dead band ends it at once`() {
    #expect(letters([7, 7, 7, 7, 7.6, 7.6, 7.6, 7.6]) == "???!___!")
    #expect(letters([7, 8, 8, 8, 8]) == "?___!")
  }

  @Test func `a slow drift is a change too`() {
    #expect(letters([0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8]) == "??_____")
  }

  @Test func `with no dead band every change counts`() {
    #expect(letters([1, Float(1).nextUp, 1, 1, 1, 1], deadBand: 0) == "?____!")
  }

  @Test func `a value that is no number is not known, and it begins anew`() {
    #expect(letters([7, 7, 7, 7, .nan, 7, 7, 7, 7]) == "???!????!")
    #expect(letters([7, 8, .infinity, 8, 8, 8, 8]) == "?_????!")
  }

  @Test func `time without samples is no proof`() {
    var detector = StuckDetector(over: 3 * Self.second, deadBand: 0)
    #expect(detector.add(7, at: 0) == nil)
    #expect(detector.add(7, at: 3 * Self.second) == nil, "a pause of the whole time")
    #expect(detector.add(7, at: 5 * Self.second) == nil)
    #expect(detector.add(7, at: 6 * Self.second) == true)
    detector.forget()
    #expect(detector.add(7, at: 7 * Self.second) == nil)
    #expect(detector.add(7, at: 9 * Self.second) == nil)
    #expect(detector.add(7, at: 10 * Self.second) == true)
  }

  @Test func `the largest numbers do not trap`() {
    let most = Float.greatestFiniteMagnitude
    #expect(letters([most, -most, most], deadBand: most) == "?__")
  }
}
