/// Dates and times of RFC 3339. They are checked against the calendar and kept as text, because no
/// key of the agent's configuration has such a value.
enum TOMLDates {
  /// True if the token begins as `1979-05-27` does.
  static func isDate(_ token: [UInt8]) -> Bool {
    token.count >= 5 && token[..<4].allSatisfy(Digits.isDecimal) && token[4] == UInt8(ascii: "-")
  }

  /// True if the token begins as `07:32:00` does.
  static func isTime(_ token: [UInt8]) -> Bool {
    token.count >= 3 && token[..<2].allSatisfy(Digits.isDecimal) && token[2] == UInt8(ascii: ":")
  }

  static func read(_ token: [UInt8]) throws(TOMLErrorKind) -> TOMLContent {
    var rest = Cursor(bytes: token[...], token: String(decoding: token, as: UTF8.self))
    guard isDate(token) else {
      let time = try rest.time()
      try rest.end()
      return .localTime(time)
    }
    let date = try rest.date()
    if rest.bytes.isEmpty { return .localDate(date) }
    guard rest.take("T") || rest.take("t") || rest.take(" ") else { throw rest.malformed }
    let time = try rest.time()
    if rest.bytes.isEmpty { return .localDateTime("\(date)T\(time)") }
    let offset = try rest.offset()
    try rest.end()
    return .offsetDateTime("\(date)T\(time)\(offset)")
  }

  private static func daysInMonth(_ month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// The part of a token that is still to be read.
  private struct Cursor {
    var bytes: ArraySlice<UInt8>
    let token: String

    var malformed: TOMLErrorKind { .dateTimeMalformed(token) }
    var outOfRange: TOMLErrorKind { .dateTimeOutOfRange(token) }

    mutating func date() throws(TOMLErrorKind) -> String {
      let start = bytes
      let year = try number(digits: 4)
      try expect("-")
      let month = try number(digits: 2)
      try expect("-")
      let day = try number(digits: 2)
      guard (1...12).contains(month), (1...daysInMonth(month, year: year)).contains(day) else {
        throw outOfRange
      }
      return String(decoding: start[..<bytes.startIndex], as: UTF8.self)
    }

    mutating func time() throws(TOMLErrorKind) -> String {
      let start = bytes
      let hour = try number(digits: 2)
      try expect(":")
      let minute = try number(digits: 2)
      try expect(":")
      let second = try number(digits: 2)
      // 60 is a leap second; the agent has no list of the leap seconds.
      guard hour <= 23, minute <= 59, second <= 60 else { throw outOfRange }
      if take(".") {
        guard let first = bytes.first, Digits.isDecimal(first) else { throw malformed }
        bytes = bytes.drop(while: Digits.isDecimal)
      }
      return String(decoding: start[..<bytes.startIndex], as: UTF8.self)
    }

    /// `Z`, `+hh:mm` or `-hh:mm`
    mutating func offset() throws(TOMLErrorKind) -> String {
      if take("Z") || take("z") { return "Z" }
      let start = bytes
      guard take("+") || take("-") else { throw malformed }
      let hour = try number(digits: 2)
      try expect(":")
      let minute = try number(digits: 2)
      guard hour <= 23, minute <= 59 else { throw outOfRange }
      return String(decoding: start[..<bytes.startIndex], as: UTF8.self)
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard bytes.first == UInt8(ascii: character) else { return false }
      bytes.removeFirst()
      return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(TOMLErrorKind) {
      guard take(character) else { throw malformed }
    }

    mutating func number(digits: Int) throws(TOMLErrorKind) -> Int {
      var value = 0
      for _ in 0..<digits {
        guard let byte = bytes.popFirst(), Digits.isDecimal(byte) else { throw malformed }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      return value
    }

    func end() throws(TOMLErrorKind) {
      guard bytes.isEmpty else { throw malformed }
    }
  }
}
