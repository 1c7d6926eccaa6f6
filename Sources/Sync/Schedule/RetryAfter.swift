import Text

/// When a server wants to be asked again (RFC 9110 section 10.2.3).
enum RetryAfter {
  /// Longer waits are cut: a server's mistake must not silence a board for good.
  static let secondsMax: Int64 = 86_400

  /// - Parameter now: wall time in nanoseconds, for a date where the server does not tell its own
  ///   (whose difference is right even when this board's clock is not).
  /// - Returns: seconds from now, 0…`secondsMax`; nil without the field or for what is no time.
  @export(interface)
  static func seconds(_ head: ResponseHead, now: Int64) -> Int64? {
    guard let text = head.value("retry-after") else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy(Digits.isDecimal) {
      return min(Digits.number(text) ?? secondsMax, secondsMax)
    }
    guard let date = HTTPDate.seconds(text) else { return nil }
    let reference = head.value("date").flatMap { HTTPDate.seconds($0) } ?? now / 1_000_000_000
    return min(max(date - reference, 0), secondsMax)
  }
}
