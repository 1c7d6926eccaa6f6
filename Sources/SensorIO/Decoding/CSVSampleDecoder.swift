import Text

/// Decodes decimal numbers in the order of the fields, with commas between them: `1.5,-2,3e-4`. It
/// ignores blanks around a number.
struct CSVSampleDecoder {
  private let scalings: [FieldScaling]

  init(fields: [FieldSettings]) { scalings = fields.map(FieldScaling.init) }

  func decode(
    _ frame: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) throws(DecodeError) {
    var found = 1
    for byte in frame where byte == .comma { found += 1 }
    guard found == scalings.count else {
      throw .fieldCount(expected: scalings.count, found: found)
    }
    var start = 0
    for field in 0..<found {
      var end = start
      while end < frame.count, frame[end] != .comma { end += 1 }
      let text = trimmed(UnsafeRawBufferPointer(rebasing: frame[start..<end]))
      guard let raw = DecimalNumber.parse(text) else {
        throw isWordForNotFinite(text) ? .notFinite(field: field) : .notANumber(field: field)
      }
      values[field] = try scalings[field].physical(raw, field: field)
      start = end + 1
    }
  }

  private func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var (start, end) = (0, text.count)
    while start < end, isBlank(text[start]) { start += 1 }
    while start < end, isBlank(text[end - 1]) { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == 0x09 }

  /// True for the words that `printf` writes for a value that is not finite: `nan`, `-inf`,
  /// `Infinity`, in upper or lower case.
  private func isWordForNotFinite(_ text: UnsafeRawBufferPointer) -> Bool {
    let hasSign = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let word = UnsafeRawBufferPointer(rebasing: text[(hasSign ? 1 : 0)...])
    return equals(word, "nan") || equals(word, "inf") || equals(word, "infinity")
  }

  private func equals(_ word: UnsafeRawBufferPointer, _ lowerCase: StaticString) -> Bool {
    guard word.count == lowerCase.utf8CodeUnitCount else { return false }
    for index in 0..<word.count where word[index] | 0x20 != lowerCase.utf8Start[index] {
      return false
    }
    return true
  }
}

extension UInt8 {
  static let comma = UInt8(ascii: ",")
}
