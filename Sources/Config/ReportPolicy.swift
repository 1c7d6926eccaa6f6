import Text

/// `report` in `[[pipeline]]`: which of a pipeline's results are stored.
package enum ReportPolicy: Equatable, Sendable {
  /// `"all"`: every scored window.
  case all
  /// `"every 10s"`: the first scored window of every period of so many nanoseconds.
  case every(nanoseconds: Int64)
  /// `"change 0.05"`: a window in which a label's score differs by more than this from the one
  /// stored last.
  case change(Float)
  /// `"summary 60s"`: for every period of so many nanoseconds, the count of windows and for each
  /// label the least, the greatest and the mean score.
  case summary(nanoseconds: Int64)
  /// `"none"`: only alerts are stored.
  case none

  static let standard = ReportPolicy.summary(nanoseconds: 60_000_000_000)

  /// From ten a second, which slow flash can bear, to once a day: rarer results tell a user too
  /// little.
  static let periodNanoseconds: ClosedRange<Int64> = 100_000_000...86_400_000_000_000

  /// Nil if the text is no policy.
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
