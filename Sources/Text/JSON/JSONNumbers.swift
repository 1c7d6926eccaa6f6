import CPlatform

extension JSONWriter {
  package mutating func integer(_ value: some FixedWidthInteger) {
    separate()
    output.integer(value)
  }

  /// Writes the shortest text that reads back as the same Double. It has a point or an exponent, so
  /// that it does not read back as an integer. Infinities and NaN, which JSON cannot express,
  /// become null.
  package mutating func number(_ value: Double) {
    format(value) { text in
      // A Double has at least 15 exact digits, except the subnormal numbers, which have fewer.
      for digits: Int32 in (value.isSubnormal ? 1 : 15)...17 {
        let length = cp_format_significant(text.baseAddress, text.count, digits, value)
        if digits == 17 || strtod(text.baseAddress!, nil) == value { return Int(length) }
      }
      preconditionFailure()
    }
  }

  /// Writes the shortest text that reads back as the same Float.
  package mutating func number(_ value: Float) {
    format(Double(value)) { text in
      for digits: Int32 in (value.isSubnormal ? 1 : 6)...9 {
        let length = cp_format_significant(text.baseAddress, text.count, digits, Double(value))
        if digits == 9 || strtof(text.baseAddress!, nil) == value { return Int(length) }
      }
      preconditionFailure()
    }
  }

  /// Writes 0...30 digits after the point; from 2⁶⁴ on, the shortest text.
  package mutating func number(_ value: Double, decimals: Int) {
    precondition((0...30).contains(decimals))
    guard value.magnitude < 0x1p64 else { return number(value) }
    format(value, isPointless: decimals == 0) { text in
      Int(cp_format_decimals(text.baseAddress, text.count, Int32(decimals), value))
    }
  }

  /// - Parameter write: fills the buffer and returns the length of its text.
  private mutating func format(
    _ value: Double, isPointless: Bool = false,
    _ write: (UnsafeMutableBufferPointer<CChar>) -> Int
  ) {
    guard value.isFinite else { return null() }
    separate()
    // A sign, 20 digits before the point and 30 after it are the longest.
    var text = InlineArray<64, CChar>(repeating: 0)
    var span = text.mutableSpan
    let isIntegerText = span.withUnsafeMutableBufferPointer { buffer in
      let bytes = UnsafeRawBufferPointer(buffer)
      let written = UnsafeRawBufferPointer(rebasing: bytes[..<write(buffer)])
      output.put(written)
      return !written.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") }
    }
    if isIntegerText && !isPointless { output.put(".0") }
  }
}
