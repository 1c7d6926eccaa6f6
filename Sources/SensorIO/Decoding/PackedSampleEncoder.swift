/// Writes samples as packed numbers and bits.
struct PackedSampleEncoder {
  private let fields: [FieldSettings]
  private let packed: [PackedField]
  private let byteCount: Int

  init(_ settings: BinarySettings, _ fields: [FieldSettings]) {
    self.fields = fields
    packed = PackedSampleDecoder.layout(settings, fields, nil)
    byteCount = PackedSampleDecoder.bytes(settings, fields, nil)
  }

  /// - Returns: the frame's content, in the payload.
  func encode(
    _ values: UnsafeBufferPointer<Float>, into payload: UnsafeMutableRawBufferPointer
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    let content = UnsafeMutableRawBufferPointer(rebasing: payload[..<byteCount])
    _ = content.initializeMemory(as: UInt8.self, repeating: 0)
    for (index, field) in fields.enumerated() {
      let raw = FieldScaling(field).raw(values[index])
      guard let bits = Self.bits(raw, field) else { throw .outOfRange(field: index) }
      packed[index].store(bits, in: content)
    }
    return UnsafeRawBufferPointer(content)
  }

  /// The value's bits, the lowest first; nil when the value is out of the type's range.
  private static func bits(_ raw: Double, _ field: FieldSettings) -> UInt64? {
    if case .bits(_, let length, _, let isSigned)? = field.place {
      return integer(raw, bits: length, isSigned: isSigned)
    }
    switch field.type {
    case .float32:
      let value = Float(raw)
      return value.isFinite ? UInt64(value.bitPattern) : nil
    case .float64: return raw.isFinite ? raw.bitPattern : nil
    case .float16: return half(raw)
    default:
      return integer(raw, bits: 8 * field.type.byteCount, isSigned: field.type.isSigned)
    }
  }

  private static func integer(_ raw: Double, bits: Int, isSigned: Bool) -> UInt64? {
    let nearest = raw.rounded()
    if isSigned {
      guard let value = Int64(exactly: nearest),
        UInt64(bitPattern: value).signed(bits: bits) == value
      else { return nil }
      return UInt64(bitPattern: value)
    }
    guard let value = UInt64(exactly: nearest), bits == 64 || value >> UInt64(bits) == 0 else {
      return nil
    }
    return value
  }

  /// The nearest binary16, ties away from zero.
  private static func half(_ raw: Double) -> UInt64? {
    let magnitude = raw.magnitude
    // From 65520 on the nearest is an infinity.
    guard magnitude < 65_520 else { return nil }
    let sign: UInt64 = raw.sign == .minus ? 0x8000 : 0
    // The steps are 2⁻²⁴ up to 2⁻¹⁴, and double with each power of two from there. What rounds up
    // to the next power carries into the exponent.
    let exponent = magnitude < 0x1p-14 ? -14 : Int(magnitude.exponent)
    let steps = (magnitude * Double(sign: .plus, exponent: 10 - exponent, significand: 1)).rounded()
    return sign | UInt64(exponent + 14) << 10 &+ UInt64(steps)
  }
}
