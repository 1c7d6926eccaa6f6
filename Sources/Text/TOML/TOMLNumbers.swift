/// Booleans, integers and floats. The reader first cuts out the whole of a value without quotes or
/// brackets, so that an error shows all of it. It ends at a byte that can only follow a value.
extension TOMLReader {
  mutating func scalar() throws(TOMLError) -> TOMLContent {
    let start = place
    let token = bareToken()
    guard !token.isEmpty else { throw error(.expectedValue) }
    do throws(TOMLErrorKind) {
      return try TOMLScalar.read(token)
    } catch {
      throw TOMLError(place: start, kind: error)
    }
  }

  private mutating func bareToken() -> [UInt8] {
    var token: [UInt8] = []
    while let byte = peek, isOfToken(byte) || isBetweenDateAndTime(token) {
      token.append(byte)
      advance()
    }
    return token
  }

  private func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  /// The space in `1979-05-27 07:32:00`.
  private func isBetweenDateAndTime(_ token: [UInt8]) -> Bool {
    peek == UInt8(ascii: " ") && token.count == 10 && TOMLDates.isDate(token)
      && peek(1).map(Digits.isDecimal) == true
  }
}

/// Turns text without quotes into a value.
enum TOMLScalar {
  static func read(_ token: [UInt8]) throws(TOMLErrorKind) -> TOMLContent {
    if TOMLDates.isDate(token) || TOMLDates.isTime(token) { return try TOMLDates.read(token) }
    let isSigned = token[0] == UInt8(ascii: "+") || token[0] == UInt8(ascii: "-")
    let isNegative = token[0] == UInt8(ascii: "-")
    let digits = token.dropFirst(isSigned ? 1 : 0)
    if digits.elementsEqual("inf".utf8) { return .float(isNegative ? -.infinity : .infinity) }
    if digits.elementsEqual("nan".utf8) { return .float(.nan) }
    if token.elementsEqual("true".utf8) { return .boolean(true) }
    if token.elementsEqual("false".utf8) { return .boolean(false) }
    guard let first = digits.first, Digits.isDecimal(first) || isSigned else {
      throw .notAValue(String(decoding: token, as: UTF8.self))
    }
    if let radix = radix(of: digits) {
      guard !isSigned else { throw malformed(token) }
      return .integer(try integer(digits.dropFirst(2), radix: radix, isNegative: false, token))
    }
    if digits.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) {
      return .float(try float(digits, isNegative: isNegative, token))
    }
    guard isWithoutLeadingZero(digits) else { throw malformed(token) }
    return .integer(try integer(digits, radix: 10, isNegative: isNegative, token))
  }

  private static func radix(of digits: ArraySlice<UInt8>) -> UInt8? {
    if digits.starts(with: "0x".utf8) { return 16 }
    if digits.starts(with: "0o".utf8) { return 8 }
    if digits.starts(with: "0b".utf8) { return 2 }
    return nil
  }

  private static func integer(
    _ digits: ArraySlice<UInt8>, radix: UInt8, isNegative: Bool, _ token: [UInt8]
  ) throws(TOMLErrorKind) -> Int64 {
    guard isDigits(digits, radix: radix) else { throw malformed(token) }
    var value: Int64 = 0
    for digit in digits.compactMap(Digits.hexadecimal) {
      // Negative numbers are counted downwards, because the lowest Int64 has no positive
      // counterpart.
      let (scaled, scaleOverflows) = value.multipliedReportingOverflow(by: Int64(radix))
      let step = isNegative ? -Int64(digit) : Int64(digit)
      let (sum, sumOverflows) = scaled.addingReportingOverflow(step)
      guard !scaleOverflows, !sumOverflows else {
        throw .integerTooLarge(String(decoding: token, as: UTF8.self))
      }
      value = sum
    }
    return value
  }

  /// Integer part, then a fraction or an exponent or both, each with digits on both sides.
  private static func float(
    _ digits: ArraySlice<UInt8>, isNegative: Bool, _ token: [UInt8]
  ) throws(TOMLErrorKind) -> Double {
    let exponentStart = digits.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? digits.endIndex
    let mantissa = digits[..<exponentStart]
    let point = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.endIndex
    var exponent = digits[exponentStart...].dropFirst()
    if exponent.first == UInt8(ascii: "+") || exponent.first == UInt8(ascii: "-") {
      exponent = exponent.dropFirst()
    }
    let whole = mantissa[..<point]
    guard isDigits(whole, radix: 10), isWithoutLeadingZero(whole),
      point == mantissa.endIndex || isDigits(mantissa[(point + 1)...], radix: 10),
      exponentStart == digits.endIndex || isDigits(exponent, radix: 10)
    else { throw malformed(token) }
    let plain = digits.filter { $0 != UInt8(ascii: "_") }
    guard let value = Double(String(decoding: plain, as: UTF8.self)) else {
      throw malformed(token)
    }
    guard value.isFinite else {
      throw .floatTooLarge(String(decoding: token, as: UTF8.self))
    }
    return isNegative ? -value : value
  }

  /// True for at least one digit; an underscore may be only between two digits.
  private static func isDigits(_ text: ArraySlice<UInt8>, radix: UInt8) -> Bool {
    var isAfterDigit = false
    for byte in text {
      if let digit = Digits.hexadecimal(byte), digit < radix {
        isAfterDigit = true
      } else {
        guard byte == UInt8(ascii: "_"), isAfterDigit else { return false }
        isAfterDigit = false
      }
    }
    return isAfterDigit
  }

  private static func isWithoutLeadingZero(_ digits: ArraySlice<UInt8>) -> Bool {
    digits.count == 1 || digits.first != UInt8(ascii: "0")
  }

  private static func malformed(_ token: [UInt8]) -> TOMLErrorKind {
    .numberMalformed(String(decoding: token, as: UTF8.self))
  }
}
