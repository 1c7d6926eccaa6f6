/// Decodes packed numbers in the order of the fields: each has the layout of its type, and there is
/// nothing between them.
struct PackedSampleDecoder {
  private struct Field {
    let offset: Int
    let type: FieldType
    let isBigEndian: Bool
    let scaling: FieldScaling
  }
  private let fields: [Field]
  private let byteCount: Int

  init(fields: [FieldSettings]) {
    var packed: [Field] = []
    var offset = 0
    for field in fields {
      packed.append(
        Field(
          offset: offset, type: field.type, isBigEndian: field.isBigEndian,
          scaling: FieldScaling(field)))
      offset += field.type.byteCount
    }
    (self.fields, byteCount) = (packed, offset)
  }

  func decode(
    _ frame: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) throws(DecodeError) {
    guard frame.count == byteCount else {
      throw .payloadBytes(expected: byteCount, found: frame.count)
    }
    for index in fields.indices {
      values[index] = try fields[index].scaling.physical(raw(frame, fields[index]), field: index)
    }
  }

  private func raw(_ frame: UnsafeRawBufferPointer, _ field: Field) -> Double {
    switch field.type {
    case .int8: Double(Int8(bitPattern: frame[field.offset]))
    case .uint8: Double(frame[field.offset])
    case .int16: Double(Int16(bitPattern: load(frame, field)))
    case .uint16: Double(load(frame, field) as UInt16)
    case .int32: Double(Int32(bitPattern: load(frame, field)))
    case .uint32: Double(load(frame, field) as UInt32)
    case .float32: Double(Float(bitPattern: load(frame, field)))
    case .float64: Double(bitPattern: load(frame, field))
    }
  }

  private func load<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ frame: UnsafeRawBufferPointer, _ field: Field
  ) -> Word {
    let word = frame.loadUnaligned(fromByteOffset: field.offset, as: Word.self)
    return field.isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word)
  }
}
