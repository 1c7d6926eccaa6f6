/// One step through a document. It refers to the document's bytes and is valid only as long as they
/// are.
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
  /// Visible ASCII that is no JSON, or nothing, in the place of a value; only a tokenizer that
  /// takes words has it.
  case word(UnsafeRawBufferPointer)
}

/// A number's text, which the tokenizer has checked against the grammar.
package struct JSONNumber {
  package let bytes: UnsafeRawBufferPointer
  /// True when there is no fraction and no exponent.
  package let isInteger: Bool

  /// The nearest Double; infinite if the number is out of range.
  package var double: Double { DecimalNumber.parse(bytes)! }

  /// The exact value; nil if the number is no integer or does not fit.
  package var int64: Int64? {
    guard isInteger else { return nil }
    let isNegative = bytes[0] == UInt8(ascii: "-")
    var value: Int64 = 0
    for byte in bytes[(isNegative ? 1 : 0)...] {
      let digit = Int64(byte &- UInt8(ascii: "0"))
      // Counts downwards, since there is one more negative number than positive ones.
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (difference, underflow) = product.subtractingReportingOverflow(digit)
      if overflow || underflow { return nil }
      value = difference
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }
}
