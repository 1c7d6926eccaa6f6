import Testing

@testable import Text

/// Goal: no number in a text, however large, small or odd, ends the process.
/// Method: a table of extreme numbers in the place of each number that each parser reads. An
/// overflow would end the test's process.
@Suite struct ExtremeNumbersTests {
  static let numbers = [
    "0", "-0", "1", "-1", "9999", "10000", "127", "128", "255", "256", "32767", "65535", "65536",
    "2147483647", "-2147483648", "4294967295", "4294967296", "9007199254740993",
    "999999999999999999", "1000000000000000000", "9223372036854775807", "-9223372036854775808",
    "9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "99999999999999999999999999999999999999999999", "1e308", "-1e308", "1e309", "1e-400", "1e99999",
    "1e-99999", "1e9223372036854775807", "1e-9223372036854775808", "0.1e999999999999999999999",
    "nan", "inf", "-inf", "0x7fffffffffffffff", "0xffffffffffffffff", "00000000000000000000001",
  ]

  @Test(arguments: numbers)
  func `dates take any number`(number: String) {
    for text in [
      "Sun, \(number) Nov 1994 08:49:37 GMT", "Sun, 06 Nov \(number) 08:49:37 GMT",
      "Sun, 06 Nov 1994 \(number):49:37 GMT", "Sun, 06 Nov 1994 08:\(number):\(number) GMT",
      "Sunday, \(number)-Nov-\(number) 08:49:37 GMT", "Sun Nov \(number) 08:49:37 \(number)",
    ] {
      let found = HTTPDate.seconds(text)
      if let found { #expect(Timestamp(wallSeconds: found).text.utf8.count == 24) }
    }
    for text in [
      "\(number)-01-01T00:00:00Z", "2030-\(number)-01T00:00:00Z", "2030-01-\(number)T00:00:00Z",
      "2030-01-01T\(number):00:00Z", "2030-01-01T00:00:00.\(number)Z",
      "2030-01-01T00:00:00+\(number):00", "9999-12-31T23:59:60-23:59", "0000-01-01T00:00:00+23:59",
    ] {
      let found = CalendarTime.seconds(rfc3339: text)
      if let found { #expect(Timestamp(wallSeconds: found).text.utf8.count == 24) }
    }
  }

  @Test(arguments: numbers)
  func `JSON, TOML and plain numbers take any number`(number: String) {
    for text in [number, "[\(number)]", "{\"a\":\(number)}", "{\"a\":\"\(number)\"}"] {
      let bytes = Array(text.utf8)
      let value = bytes.withUnsafeBytes { try? JSONValue.parse($0) }
      _ = (value?.int64, value?.double, value?["a"]?.int64, value?["a"]?.double)
      if let value { _ = JSONWriter.text { $0.member("v", value) } }
    }
    for text in [
      "a = \(number)", "a = [\(number)]", "a = \(number)-01-01", "a = 2030-01-01T\(number)",
      "a = 0o\(number)", "a = 0b\(number)", "a = +\(number)",
    ] {
      _ = try? TOMLReader.read(Array(text.utf8), file: "a.toml")
    }
    let plain = Array(number.utf8).withUnsafeBytes { DecimalNumber.parse($0) }
    _ = (Digits.number(number), SemanticVersion("\(number).\(number).\(number)"), plain)
    if let double = Double(number) {
      for decimals in 0...6 { #expect(!Decimal.text(double, decimals: decimals).isEmpty) }
    }
  }

  @Test func `numbers for people take any number`() {
    for value in [Int.min, .min + 1, -1, 0, .max] {
      #expect(!Decimal.grouped(value).isEmpty && !Decimal.count(value, "byte").isEmpty)
    }
    for value in [
      Double.nan, .infinity, -.infinity, .greatestFiniteMagnitude, -.greatestFiniteMagnitude,
      .leastNonzeroMagnitude, 9e12, 8.999999999999e12, 9.3e18,
    ] {
      for decimals in 0...6 { #expect(!Decimal.text(value, decimals: decimals).isEmpty) }
    }
  }
}
