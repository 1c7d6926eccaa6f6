import CPlatform

extension FixedOutput {
  package mutating func integer(_ value: some FixedWidthInteger) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = digits.count
    var left = UInt64(value.magnitude)
    repeat {
      first -= 1
      digits[first] = UInt8(ascii: "0") + UInt8(left % 10)
      left /= 10
    } while left > 0
    if value < 0 { put(UInt8(ascii: "-")) }
    for index in first..<digits.count { put(digits[index]) }
  }

  /// Writes a finite number with 0...30 digits after the point. Its absolute value is below 2⁶⁴.
  package mutating func decimal(_ value: Double, decimals: Int) {
    precondition(value.magnitude < 0x1p64 && (0...30).contains(decimals))
    // A sign, 20 digits before the point and 30 after it are the longest.
    var text = InlineArray<64, CChar>(repeating: 0)
    var span = text.mutableSpan
    span.withUnsafeMutableBufferPointer { buffer in
      let count = cp_format_decimals(buffer.baseAddress, buffer.count, Int32(decimals), value)
      put(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<Int(count)]))
    }
  }
}
