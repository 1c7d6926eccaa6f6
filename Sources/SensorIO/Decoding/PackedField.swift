/// A packed number or some bits, and where a sample has them.
struct PackedField {
  private enum Layout {
    case number(FieldType, isBigEndian: Bool, isWordSwapped: Bool)
    case intel(low: Int, length: Int, isSigned: Bool)
    case motorola(high: Int, length: Int, isSigned: Bool)
  }

  /// The bytes that the field needs, from the content's start.
  let bytes: Range<Int>
  private let layout: Layout

  /// A number of the field's type.
  init(_ field: FieldSettings, at offset: Int) {
    bytes = offset..<offset + field.type.byteCount
    layout = .number(
      field.type, isBigEndian: field.isBigEndian, isWordSwapped: field.isWordSwapped)
  }

  /// An unsigned integer; the clock of a device.
  init(bits: Int, isBigEndian: Bool, at offset: Int) {
    let type: FieldType =
      switch bits {
      case 16: .uint16
      case 24: .uint24
      case 32: .uint32
      default: .uint64
      }
    bytes = offset..<offset + type.byteCount
    layout = .number(type, isBigEndian: isBigEndian, isWordSwapped: false)
  }

  /// Bits as a DBC file numbers them.
  ///
  /// - Parameters:
  ///   - start: the lowest bit with Intel's order, the highest with Motorola's.
  ///   - length: 1...64.
  init(start: Int, length: Int, order: BitOrder, isSigned: Bool) {
    let (first, bit) = (start / 8, start % 8)
    switch order {
    case .intel:
      bytes = first..<(start + length - 1) / 8 + 1
      layout = .intel(low: bit, length: length, isSigned: isSigned)
    case .motorola:
      // Counted from each byte's highest bit the number goes straight on.
      bytes = first..<(8 * first + (7 - bit) + length - 1) / 8 + 1
      layout = .motorola(high: bit, length: length, isSigned: isSigned)
    }
  }

  /// Hot: the raw value.
  ///
  /// - Parameter frame: has all the bytes, `shift` bytes further on.
  func raw(_ frame: UnsafeRawBufferPointer, shift: Int) -> Double {
    switch layout {
    case .number(let type, let isBigEndian, let isWordSwapped):
      let word = word(frame, shift, isBigEndian: isBigEndian, isWordSwapped: isWordSwapped)
      return Self.value(word, type)
    case .intel(_, let length, let isSigned), .motorola(_, let length, let isSigned):
      let word = unsigned(frame, shift: shift)
      return isSigned ? Double(word.signed(bits: length)) : Double(word)
    }
  }

  /// Hot: the bits as an unsigned integer, for what a Double cannot hold.
  func unsigned(_ frame: UnsafeRawBufferPointer, shift: Int) -> UInt64 {
    switch layout {
    case .number(_, let isBigEndian, let isWordSwapped):
      word(frame, shift, isBigEndian: isBigEndian, isWordSwapped: isWordSwapped)
    case .intel(let low, let length, _): intel(frame, shift, low, length)
    case .motorola(let high, let length, _): motorola(frame, shift, high, length)
    }
  }

  /// Writes the lowest bits; the reverse of `unsigned`, for encoders.
  func store(_ bits: UInt64, in content: UnsafeMutableRawBufferPointer) {
    switch layout {
    case .number(_, let isBigEndian, let isWordSwapped):
      let word = isWordSwapped ? swapped(bits) : bits
      for place in 0..<bytes.count {
        let shift = 8 * (isBigEndian ? bytes.count - 1 - place : place)
        content[bytes.lowerBound + place] = UInt8(truncatingIfNeeded: word >> UInt64(shift))
      }
    case .intel(let low, let length, _):
      for bit in 0..<length {
        let place = low + bit
        content[bytes.lowerBound + place / 8] |= UInt8(bits >> UInt64(bit) & 1) << UInt8(place % 8)
      }
    case .motorola(let high, let length, _):
      for bit in 0..<length {
        let place = 7 - high + bit
        content[bytes.lowerBound + place / 8] |=
          UInt8(bits >> UInt64(length - 1 - bit) & 1) << UInt8(7 - place % 8)
      }
    }
  }

  private func word(
    _ frame: UnsafeRawBufferPointer, _ shift: Int, isBigEndian: Bool, isWordSwapped: Bool
  ) -> UInt64 {
    let count = bytes.count
    var word: UInt64 = 0
    for place in 0..<count {
      let from = isBigEndian ? place : count - 1 - place
      word = word << 8 | UInt64(frame[bytes.lowerBound + shift + from])
    }
    return isWordSwapped ? swapped(word) : word
  }

  /// With the 16-bit words in the reverse order.
  private func swapped(_ word: UInt64) -> UInt64 {
    var (swapped, left) = (UInt64(0), word)
    for _ in 0..<bytes.count / 2 {
      swapped = swapped << 16 | left & 0xFFFF
      left >>= 16
    }
    return swapped
  }

  private static func value(_ word: UInt64, _ type: FieldType) -> Double {
    switch type {
    case .int8, .int16, .int24, .int32, .int64: Double(word.signed(bits: 8 * type.byteCount))
    case .uint8, .uint16, .uint24, .uint32, .uint64, .bit: Double(word)
    case .float16: half(word)
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
    case .float64: Double(bitPattern: word)
    }
  }

  /// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. Each fits a Double exactly.
  private static func half(_ bits: UInt64) -> Double {
    let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
    let magnitude: Double =
      switch exponent {
      case 0: fraction * 0x1p-24
      case 31: fraction == 0 ? .infinity : .nan
      default: Double(sign: .plus, exponent: exponent - 25, significand: fraction + 1024)
      }
    return bits >> 15 & 1 == 1 ? -magnitude : magnitude
  }

  private func intel(
    _ frame: UnsafeRawBufferPointer, _ shift: Int, _ low: Int, _ length: Int
  ) -> UInt64 {
    var (value, count, bit) = (UInt64(0), 0, low)
    for index in bytes {
      let taken = min(8 - bit, length - count)
      let part = UInt64(frame[index + shift]) >> UInt64(bit) & (1 << UInt64(taken) - 1)
      value |= part << UInt64(count)
      (count, bit) = (count + taken, 0)
    }
    return value
  }

  private func motorola(
    _ frame: UnsafeRawBufferPointer, _ shift: Int, _ high: Int, _ length: Int
  ) -> UInt64 {
    var (value, left, available) = (UInt64(0), length, high + 1)
    for index in bytes {
      let taken = min(available, left)
      let part =
        UInt64(frame[index + shift]) >> UInt64(available - taken) & (1 << UInt64(taken) - 1)
      value = value << UInt64(taken) | part
      (left, available) = (left - taken, 8)
    }
    return value
  }
}
