import Text

/// The time after which a server wants to be asked again (RFC 9110 section 10.2.3).
enum RetryAfter {
  /// The longest wait. Sync cuts a longer one, because a server's mistake must not silence a board
  /// for good.
  static let secondsMax: Int64 = 86_400

  /// A date in the field is compared with the server's own date, because their difference is right
  /// even when this board's clock is wrong.
  ///
  /// - Parameter now: wall time in nanoseconds since 1970, for a server that does not tell its
  ///   date.
  /// - Returns: seconds from now, 0…`secondsMax`; nil without the field or when it holds no time.
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
