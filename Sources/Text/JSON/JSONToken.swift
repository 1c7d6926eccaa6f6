/// One step through a document. Lends the document's bytes: valid as long as they are.
package enum JSONToken {
  case objectStart
  /// Inside an object; the member's value is next.
  case key(JSONText)
  case objectEnd
  case arrayStart
  case arrayEnd
  case string(JSONText)
  case number(JSONNumber)
  case bool(Bool)
  case null
}

/// A number's text, known to follow the grammar.
package struct JSONNumber {
  package let bytes: UnsafeRawBufferPointer
  /// Without fraction and exponent.
  package let isInteger: Bool

  /// The nearest Double; infinite beyond its range.
  package var double: Double { DecimalNumber.parse(bytes)! }

  /// The exact value; nil for what is no integer or does not fit.
  package var int64: Int64? {
    guard isInteger else { return nil }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    var value: Int64 = 0
    for byte in bytes[(isNegative ? 1 : 0)...] {
      let digit = Int64(byte &- UInt8(ascii: "0"))
      // Downwards, since there is one negative number more.
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (difference, underflow) = product.subtractingReportingOverflow(digit)
      if overflow || underflow { return nil }
      value = difference
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}
