import Text

/// Why a sample cannot be encoded as a frame.
package enum SampleEncodingError: Error, Equatable, Sendable {
  case notFinite(field: Int)
  /// The value is out of the range of the field's type.
  case outOfRange(field: Int)
  case frame(FrameError)
}

/// Encodes samples as frames, as a sensor with these settings would send them: the reverse of
/// `FrameReader` and `SampleDecoder`. For the demonstration, replay and tests.
///
/// It applies each field's scale and offset backwards and writes the result so that decoding gives
/// the value back. Integer types round to the nearest.
package final class SampleEncoder {
  private let decoding: DecodingSettings
  private let fields: [FieldSettings]
  private let frames: FrameEncoder
  /// Has room for the brackets that `csv` removes.
  private let payload: UnsafeMutableRawBufferPointer

  /// - Throws: the errors of `SampleDecoder` for the same settings, and `.binaryInLines`.
  package init(
    _ decoding: DecodingSettings, fields: [FieldSettings], framing: FramingSettings
  ) throws(DecodingSetupError) {
    try SampleDecoder.check(decoding, fields)
    if case .line = framing, decoding == .binary { throw .binaryInLines }
    self.decoding = decoding
    self.fields = fields
    frames = FrameEncoder(framing)
    // This comes last, because an init that throws runs no deinit.
    payload = .allocate(byteCount: SensorLimits.payloadBytesMax + 2, alignment: 8)
  }

  deinit { payload.deallocate() }

  /// Appends one frame.
  ///
  /// - Parameter values: one value for each field.
  /// - Throws: why the sample has no frame; then `wire` is unchanged.
  @export(interface)
  package func encode(
    _ values: UnsafeBufferPointer<Float>, to wire: inout [UInt8]
  ) throws(SampleEncodingError) {
    precondition(values.count == fields.count)
    for field in fields.indices where !values[field].isFinite { throw .notFinite(field: field) }
    let bytes: UnsafeRawBufferPointer
    switch decoding {
    case .csv: bytes = try csv(values)
    case .json: bytes = try json(values)
    case .binary: bytes = try packed(values)
    }
    do throws(FrameError) { try frames.encode(bytes, to: &wire) } catch { throw .frame(error) }
  }

  private func csv(
    _ values: UnsafeBufferPointer<Float>
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    var writer = JSONWriter(payload)
    writer.beginArray()
    for field in fields.indices { write(values[field], fields[field], to: &writer) }
    writer.endArray()
    // A JSON array of numbers is a CSV line in brackets.
    return UnsafeRawBufferPointer(rebasing: try finished(writer).dropFirst().dropLast())
  }

  private func json(
    _ values: UnsafeBufferPointer<Float>
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    var writer = JSONWriter(payload)
    writer.beginObject()
    for field in fields.indices {
      writer.key(fields[field].name)
      write(values[field], fields[field], to: &writer)
    }
    writer.endObject()
    return try finished(writer)
  }

  private func write(_ value: Float, _ field: FieldSettings, to writer: inout JSONWriter) {
    if field.scale == 1 && field.offset == 0 {
      writer.number(value)
    } else {
      writer.number(FieldScaling(field).raw(value))
    }
  }

  private func finished(
    _ writer: JSONWriter
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    guard let bytes = writer.finished else {
      throw .frame(.payloadTooLong(bytes: payload.count + 1))
    }
    return bytes
  }

  private func packed(
    _ values: UnsafeBufferPointer<Float>
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    var offset = 0
    for (index, field) in fields.enumerated() {
      let raw = FieldScaling(field).raw(values[index])
      guard let bits = bits(raw, field.type) else { throw .outOfRange(field: index) }
      let count = field.type.byteCount
      for place in 0..<count {
        let shift = 8 * (field.isBigEndian ? count - 1 - place : place)
        payload[offset + place] = UInt8(truncatingIfNeeded: bits >> UInt64(shift))
      }
      offset += count
    }
    return UnsafeRawBufferPointer(rebasing: payload[..<offset])
  }

  /// The value's bits in this type, the lowest first; nil when the value is out of the type's
  /// range.
  private func bits(_ raw: Double, _ type: FieldType) -> UInt64? {
    switch type {
    case .float32:
      let value = Float(raw)
      return value.isFinite ? UInt64(value.bitPattern) : nil
    case .float64: return raw.isFinite ? raw.bitPattern : nil
    default: break
    }
    // No integer type here has more than 32 bits.
    guard raw.magnitude < 0x1p33 else { return nil }
    let nearest = Int64(raw < 0 ? raw - 0.5 : raw + 0.5)
    let range: ClosedRange<Int64> =
      switch type {
      case .int8: -0x80...0x7F
      case .uint8: 0...0xFF
      case .int16: -0x8000...0x7FFF
      case .uint16: 0...0xFFFF
      case .int32: -0x8000_0000...0x7FFF_FFFF
      default: 0...0xFFFF_FFFF
      }
    return range.contains(nearest) ? UInt64(bitPattern: nearest) : nil
  }
}
