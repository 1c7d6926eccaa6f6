import CPlatform
import Testing

@testable import System
@testable import Text

/// Goal: every wall time becomes a text of RFC 3339, also a time before 1970.
/// Method: known dates, then seeded random ones against the C library's calendar.
@Suite struct TimestampTests {
  private func text(_ nanoseconds: Int64) -> String {
    var text = ""
    Timestamp(wallNanoseconds: nanoseconds).withBytes { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"),
    (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
    (2_147_483_647_999_000_000, "2038-01-19T03:14:07.999Z"),
    (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
  ])
  func `names the moment`(nanoseconds: Int64, expected: String) {
    #expect(text(nanoseconds) == expected)
  }

  @Test(arguments: [
    ("0123456789abcdef0123456789ABCDEF", "01234567-89ab-cdef-0123-456789ABCDEF"),
    ("", ""), ("0123456789abcdef0123456789abcdeg", ""), ("0123", ""),
    ("01234567-89ab-cdef-0123-456789abcdef", ""),
  ])
  func `a boot's id by systemd reads as the kernel's`(given: String, expected: String) {
    #expect(Clock.bootIdentifier(ofService: given) == expected)
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.000Z"),
    (32_503_680_000, "3000-01-01T00:00:00.000Z"), (253_402_300_799, "9999-12-31T23:59:59.000Z"),
    (-62_167_219_200, "0000-01-01T00:00:00.000Z"),
  ])
  func `names the moment of any second`(seconds: Int64, expected: String) {
    #expect(Timestamp(wallSeconds: seconds).text == expected)
    #expect(CalendarTime.seconds(rfc3339: expected) == seconds)
  }

  @Test func `no number of seconds or nanoseconds is too far`() {
    for value in [Int64.min, .min + 1, -1_000_000_000_000_000_000, .max - 1, .max] {
      #expect(Timestamp(wallSeconds: value).text.utf8.count == 24)
      #expect(Timestamp(wallNanoseconds: value).text.utf8.count == 24)
    }
  }

  @Test func `agrees with the C library`() {
    let seed = UInt64.random(in: 0 ... .max)
    print("seed \(seed)")
    var random = SplitMix(state: seed)
    for _ in 0..<2000 {
      let second = Int64(random.unit() * 8e9) - 2_000_000_000
      var (time, parts) = (time_t(second), tm())
      gmtime_r(&time, &parts)
      let found = text(second * 1_000_000_000)
      let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
      let fields = found.prefix(10).split(separator: "-").map { Int($0) }
      #expect(fields == date, "\(second)")
    }
  }
}
