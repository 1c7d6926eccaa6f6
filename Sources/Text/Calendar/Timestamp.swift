/// A wall time as text of RFC 3339, in UTC with milliseconds: `2026-03-01T12:34:56.789Z`. It does
/// not use the C library's calendar, which takes a lock and reads files.
package struct Timestamp {
  let year: Int64
  let month: Int64
  let day: Int64
  let milliseconds: Int64

  package init(wallNanoseconds: Int64) {
    let total = wallNanoseconds.flooredDivision(by: 1_000_000)
    let days = total.flooredDivision(by: 86_400_000)
    self.init(days: days, milliseconds: total - days * 86_400_000)
  }

  /// Any number of seconds since 1970 UTC, also of years for which Int64 has no nanoseconds.
  package init(wallSeconds: Int64) {
    let days = wallSeconds.flooredDivision(by: 86_400)
    // Floored: 86 400 times the first day of Int64 is less than Int64 can say.
    let seconds = wallSeconds &- days &* 86_400
    self.init(days: days, milliseconds: seconds * 1000)
  }

  /// Computes the date from the days, by the 400-year cycle that begins in March, so that the leap
  /// day is the last day of a year.
  private init(days: Int64, milliseconds: Int64) {
    self.milliseconds = milliseconds
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  package var text: String {
    var text = ""
    withBytes { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  /// Lends the text. Years outside 0…9999 are clamped, so that the length stays the same.
  package func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
    var text = InlineArray<24, UInt8>(repeating: 0)
    var end = 0
    func put(_ value: Int64, digits: Int, then mark: Unicode.Scalar) {
      var left = value
      for place in stride(from: end + digits - 1, through: end, by: -1) {
        text[place] = UInt8(ascii: "0") + UInt8(left % 10)
        left /= 10
      }
      text[end + digits] = UInt8(ascii: mark)
      end += digits + 1
    }
    put(min(max(year, 0), 9999), digits: 4, then: "-")
    put(month, digits: 2, then: "-")
    put(day, digits: 2, then: "T")
    put(milliseconds / 3_600_000, digits: 2, then: ":")
    put(milliseconds / 60_000 % 60, digits: 2, then: ":")
    put(milliseconds / 1000 % 60, digits: 2, then: ".")
    put(milliseconds % 1000, digits: 3, then: "Z")
    text.span.withUnsafeBytes(body)
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
