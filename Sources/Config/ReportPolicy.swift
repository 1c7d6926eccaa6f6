import Text

/// Which of a pipeline's results are stored: `report` in `[[pipeline]]`.
package enum ReportPolicy: Equatable, Sendable {
  /// `"all"`: every scored window.
  case all
  /// `"every 10s"`: the first of every so many nanoseconds.
  case every(nanoseconds: Int64)
  /// `"change 0.05"`: when any label's score is farther than this from the one stored last.
  case change(Float)
  /// `"summary 60s"`: of every so many nanoseconds the count, and for each label least, greatest
  /// and mean score.
  case summary(nanoseconds: Int64)
  /// `"none"`: alerts alone are stored.
  case none

  static let standard = ReportPolicy.summary(nanoseconds: 60_000_000_000)

  /// From ten a second, what a slow flash bears, to a day, after which nobody waits for news.
  static let periodNanoseconds: ClosedRange<Int64> = 100_000_000...86_400_000_000_000

  /// Nil for what is no policy.
  init?(_ text: String) {
    let (word, value) = ConfigurationText.split(text, at: " ")
    switch (word, value) {
    case ("all", nil): self = .all
    case ("none", nil): self = .none
    case ("every", let value?):
      guard let period = Self.period(value) else { return nil }
      self = .every(nanoseconds: period)
    case ("summary", let value?):
      guard let period = Self.period(value) else { return nil }
      self = .summary(nanoseconds: period)
    case ("change", let value?):
      let number = Array(value.utf8).withUnsafeBytes { DecimalNumber.parse($0) }
      guard let band = number, band > 0, band <= 1 else { return nil }
      self = .change(Float(band))
    default: return nil
    }
  }

  private static func period(_ text: String) -> Int64? {
    guard let nanoseconds = DurationText.nanoseconds(text),
      periodNanoseconds.contains(nanoseconds)
    else { return nil }
    return nanoseconds
  }
}
