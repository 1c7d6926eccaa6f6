import CPlatform

/// Turns decimal text into the nearest Double, ties to even, for text of any length and without
/// allocation.
///
/// Nearly all sensor values take the short way (Clinger, 1990). Up to 2⁵³ the digits are exact as a
/// Double, and up to 10²² the powers of ten are, so one multiplication or division rounds once. All
/// other values go through the C library's `strtod`. Its decimal separator is a point, because the
/// agent never calls `setlocale`.
package enum DecimalNumber {
  /// - Parameters:
  ///   - text: `[+|-] digits [. digits] [(e|E) [+|-] digits]`, with a digit before or after the
  ///     point; nothing around it.
  ///   - point: what stands between the digits: a comma in much of Europe.
  /// - Returns: infinity when the number is too large for a Double; nil when the text is no number.
  /// - Complexity: linear; allocates nothing.
  package static func parse(
    _ text: UnsafeRawBufferPointer, point: UInt8 = UInt8(ascii: ".")
  ) -> Double? {
    var reader = DecimalReader(text, point: point)
    guard reader.read() else { return nil }
    let magnitude = reader.exactProduct ?? nearest(text, reader)
    return reader.isNegative ? -magnitude : magnitude
  }

  /// Significant digits that decide a rounding: a number half-way between two Doubles has no more.
  private static let digitsMax = 768

  /// The slow way: writes the digits that decide the value onto the stack, as `digits e exponent`.
  private static func nearest(_ text: UnsafeRawBufferPointer, _ reader: DecimalReader) -> Double {
    var copy = InlineArray<800, CChar>(repeating: 0)
    var count = 0
    var exponent = reader.exponent
    var hasMore = false
    for byte in text[reader.digits] where byte != reader.point {
      if count == 0 && byte == .zero { continue }
      if count < digitsMax {
        copy[count] = CChar(byte)
        count += 1
      } else {
        exponent += 1
        if byte != .zero { hasMore = true }
      }
    }
    // Further digits matter only because they make the number a little greater: one digit stands
    // for them.
    if hasMore {
      copy[count] = CChar(UInt8.one)
      count += 1
      exponent -= 1
    }
    if count == 0 { return 0 }
    append(exponent, to: &copy, at: count)
    return copy.span.withUnsafeBufferPointer { strtod($0.baseAddress!, nil) }
  }

  private static func append(_ exponent: Int, to copy: inout InlineArray<800, CChar>, at: Int) {
    copy[at] = CChar(UInt8(ascii: "e"))
    copy[at + 1] = CChar(exponent < 0 ? UInt8.minus : .plus)
    var left = exponent.magnitude
    for index in stride(from: at + 20, to: at + 1, by: -1) {
      copy[index] = CChar(UInt8.zero + UInt8(left % 10))
      left /= 10
    }
  }
}

/// The parts of a number's text.
struct DecimalReader {
  /// Far outside any Double, even after the count of the digits is subtracted, and far from
  /// overflow.
  static let exponentMax = 1_000_000_000_000_000

  private let text: UnsafeRawBufferPointer
  let point: UInt8
  private var index = 0
  private(set) var isNegative = false
  /// The digits and their point.
  private(set) var digits = 0..<0
  /// value = digits without their point · 10^exponent
  private(set) var exponent = 0
  /// The digits as a number, unless there are too many of them.
  private var mantissa: UInt64 = 0
  private var isMantissaExact = true

  init(_ text: UnsafeRawBufferPointer, point: UInt8) { (self.text, self.point) = (text, point) }

  /// False when the text is no number.
  mutating func read() -> Bool {
    if let sign = peek, sign == .plus || sign == .minus {
      isNegative = sign == .minus
      index += 1
    }
    let start = index
    var digitCount = readDigits()
    if peek == point {
      index += 1
      let decimals = readDigits()
      exponent = -decimals
      digitCount += decimals
    }
    digits = start..<index
    guard digitCount > 0 else { return false }
    if let mark = peek, mark | 0x20 == UInt8(ascii: "e") {
      index += 1
      guard readExponent() else { return false }
    }
    return index == text.count
  }

  /// The absolute value, if one rounding gives it; else nil.
  var exactProduct: Double? {
    guard isMantissaExact, mantissa <= 1 << 53, (-22...22).contains(exponent) else { return nil }
    let value = Double(mantissa)
    return exponent < 0 ? value / powersOfTen[-exponent] : value * powersOfTen[exponent]
  }

  private var peek: UInt8? { index < text.count ? text[index] : nil }

  private mutating func readDigits() -> Int {
    let start = index
    while let digit = peek.flatMap(digitValue) {
      index += 1
      // 18 digits always fit.
      if mantissa < 100_000_000_000_000_000 {
        mantissa = mantissa * 10 + UInt64(digit)
      } else {
        isMantissaExact = false
      }
    }
    return index - start
  }

  private mutating func readExponent() -> Bool {
    var isDown = false
    if let sign = peek, sign == .plus || sign == .minus {
      isDown = sign == .minus
      index += 1
    }
    guard peek.flatMap(digitValue) != nil else { return false }
    var value = 0
    while let digit = peek.flatMap(digitValue) {
      index += 1
      value = min(value * 10 + Int(digit), Self.exponentMax)
    }
    exponent += isDown ? -value : value
    return true
  }
}

private let powersOfTen: InlineArray<23, Double> = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
  1e18, 1e19, 1e20, 1e21, 1e22,
]

private func digitValue(_ byte: UInt8) -> UInt8? {
  let value = byte &- .zero
  return value < 10 ? value : nil
}

extension UInt8 {
  fileprivate static let zero = UInt8(ascii: "0")
  fileprivate static let one = UInt8(ascii: "1")
  fileprivate static let plus = UInt8(ascii: "+")
  fileprivate static let minus = UInt8(ascii: "-")
}
