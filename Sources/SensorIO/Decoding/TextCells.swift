import Text

/// Turns the text of cells into readings.
///
///     12, +3.5e-2        a value
///     nan, -inf, null    their kinds, in upper or lower case; `ovf` is an infinity, too
///     (nothing)          empty
///     ---, N/A, 12 V     text
struct TextCells {
  /// Of each field; nil when its digits are decimal.
  private let hexadecimal: [FieldType?]
  private let point: UInt8

  init(_ fields: [FieldSettings], hasDecimalComma: Bool = false) {
    hexadecimal = fields.map { $0.isHexadecimal ? $0.type : nil }
    point = hasDecimalComma ? .comma : UInt8(ascii: ".")
  }

  /// Puts a cell without its blanks into a slot.
  ///
  /// - Returns: true when the cell is text and no number.
  @discardableResult
  func take(_ cell: UnsafeRawBufferPointer, slot: Int, into readings: SampleReadings) -> Bool {
    guard slot < readings.clockSlot else {
      readings.clock.pointee = ClockReading(text: cell, point: point)
      if case .none = readings.clock.pointee { return true }
      return false
    }
    let reading = reading(cell, slot: slot)
    readings.fields[slot] = reading
    return reading.fault == .text
  }

  func reading(_ cell: UnsafeRawBufferPointer, slot: Int) -> Reading {
    if let type = hexadecimal[slot] {
      if let raw = Self.hexadecimal(cell, type) { return .value(raw) }
    } else if let raw = DecimalNumber.parse(cell, point: point) {
      return .value(raw)
    }
    return .fault(Self.word(cell))
  }

  private static func word(_ cell: UnsafeRawBufferPointer) -> FieldFault {
    guard let first = cell.first else { return .empty }
    let hasSign = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
    let word = UnsafeRawBufferPointer(rebasing: cell[(hasSign ? 1 : 0)...])
    if equals(word, "nan") { return .nan }
    if equals(word, "inf") || equals(word, "infinity") || equals(word, "ovf") { return .infinite }
    return equals(cell, "null") ? .null : .text
  }

  /// - Parameter lowerCase: letters only.
  private static func equals(_ word: UnsafeRawBufferPointer, _ lowerCase: StaticString) -> Bool {
    guard word.count == lowerCase.utf8CodeUnitCount else { return false }
    for index in 0..<word.count where word[index] | 0x20 != lowerCase.utf8Start[index] {
      return false
    }
    return true
  }

  /// Up to 16 digits, or as many as the type has when it is a signed integer, with or without `0x`.
  private static func hexadecimal(_ cell: UnsafeRawBufferPointer, _ type: FieldType) -> Double? {
    var digits = cell[...]
    if cell.count > 2, cell[0] == UInt8(ascii: "0"), cell[1] | 0x20 == UInt8(ascii: "x") {
      digits = cell[2...]
    }
    let bits = type.isSigned ? 8 * type.byteCount : SensorLimits.bitsMax
    guard !digits.isEmpty, digits.count <= bits / 4 else { return nil }
    var value: UInt64 = 0
    for byte in digits {
      guard let digit = Digits.hexadecimal(byte) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return type.isSigned ? Double(value.signed(bits: bits)) : Double(value)
  }
}

extension UInt64 {
  /// The lowest bits as two's complement.
  ///
  /// - Parameter bits: 1...64.
  func signed(bits: Int) -> Int64 {
    Int64(bitPattern: self << UInt64(64 - bits)) >> Int64(64 - bits)
  }
}
