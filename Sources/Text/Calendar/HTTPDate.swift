/// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, and the two older forms that RFC 9110 tells a recipient
/// to accept.
package enum HTTPDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Seconds since 1970; nil if the text is no date.
  package static func seconds(_ text: String) -> Int64? {
    let words = text.utf8.split { $0 == 0x20 || $0 == UInt8(ascii: ",") }
      .map { ASCII.lowered($0) }
    switch words.count {
    case 6 where words[5] == "gmt":
      return seconds(words[1], words[2], words[3], words[4], shortYear: false)
    case 4 where words[3] == "gmt":
      // Sunday, 06-Nov-94 08:49:37 GMT
      let day = words[1].utf8.split(separator: UInt8(ascii: "-")).map {
        String(decoding: Array($0), as: UTF8.self)
      }
      guard day.count == 3 else { return nil }
      return seconds(day[0], day[1], day[2], words[2], shortYear: true)
    case 5:
      // Sun Nov  6 08:49:37 1994
      return seconds(words[2], words[1], words[4], words[3], shortYear: false)
    default: return nil
    }
  }

  private static func seconds(
    _ day: String, _ month: String, _ year: String, _ time: String, shortYear: Bool
  ) -> Int64? {
    let clock = time.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { Digits.number(String(decoding: Array($0), as: UTF8.self)) }
    guard let day = Digits.number(day), 1...31 ~= day,
      let month = months.firstIndex(of: month), var year = Digits.number(year),
      year <= 9999, clock.count == 3, let hour = clock[0], let minute = clock[1],
      let second = clock[2], hour < 24, minute < 60, second <= 60
    else { return nil }
    if shortYear { year += year < 70 ? 2000 : 1900 }
    let days = CalendarTime.days(year: year, month: Int64(month) + 1, day: day)
    return days * 86_400 + hour * 3600 + minute * 60 + second
  }
}
