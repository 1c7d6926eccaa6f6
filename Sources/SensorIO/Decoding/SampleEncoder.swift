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
/// the value back. Integer types round to the nearest. What no field asks for is 0.
package final class SampleEncoder {
  private enum Encoder {
    case text(TextSampleEncoder)
    case json
    case packed(PackedSampleEncoder)
  }
  private let encoder: Encoder
  private let fields: [FieldSettings]
  private let frames: FrameEncoder
  private let payload: UnsafeMutableRawBufferPointer
  /// The header line, until it is sent.
  private var header: [UInt8]

  /// - Throws: the errors of `SampleDecoder` for the same settings, `.binaryInLines`, and
  ///   `.notEncodable` for NMEA, deep JSON, hexadecimal digits and several samples in a frame.
  package init(
    _ decoding: DecodingSettings, fields: [FieldSettings], framing: FramingSettings
  ) throws(DecodingSetupError) {
    try DecodingChecks.check(decoding, fields, nil)
    if case .line = framing, !decoding.isText { throw .binaryInLines }
    guard !fields.contains(where: { $0.isHexadecimal }) else { throw .notEncodable }
    var header: [UInt8] = []
    switch decoding {
    case .csv(let settings):
      let text = TextSampleEncoder(settings, fields)
      if settings.hasHeader { header = text.header }
      encoder = .text(text)
    case .labels(let settings): encoder = .text(TextSampleEncoder(settings, fields))
    case .json:
      guard fields.allSatisfy({ $0.member != nil }) else { throw .notEncodable }
      encoder = .json
    case .binary(let settings):
      switch settings.samplesPerFrame {
      case .one, .count(1), .asManyAsFit: break
      case .count: throw .notEncodable
      }
      encoder = .packed(PackedSampleEncoder(settings, fields))
    case .nmea: throw .notEncodable
    }
    self.header = header
    self.fields = fields
    frames = FrameEncoder(framing)
    // This comes last, because an init that throws runs no deinit.
    payload = .allocate(byteCount: SensorLimits.payloadBytesMax + 2, alignment: 8)
  }

  deinit { payload.deallocate() }

  /// Appends one frame, and before the first one the header line if the settings have one.
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
    switch encoder {
    case .text(let text): bytes = try text.encode(values, into: payload)
    case .json: bytes = try json(values)
    case .packed(let packed): bytes = try packed.encode(values, into: payload)
    }
    let count = wire.count
    do throws(FrameError) {
      if !header.isEmpty { try encodeHeader(to: &wire) }
      try frames.encode(bytes, to: &wire)
      header = []
    } catch {
      wire.removeLast(wire.count - count)
      throw .frame(error)
    }
  }

  private func encodeHeader(to wire: inout [UInt8]) throws(FrameError) {
    try header.withUnsafeBufferPointer { header throws(FrameError) in
      try frames.encode(UnsafeRawBufferPointer(header), to: &wire)
    }
  }

  private func json(
    _ values: UnsafeBufferPointer<Float>
  ) throws(SampleEncodingError) -> UnsafeRawBufferPointer {
    var writer = JSONWriter(payload)
    writer.beginObject()
    for field in fields.indices {
      writer.key(fields[field].member ?? "")
      TextSampleEncoder.write(values[field], fields[field], to: &writer)
    }
    writer.endObject()
    guard let bytes = writer.finished else {
      throw .frame(.payloadTooLong(bytes: payload.count + 1))
    }
    return bytes
  }
}

extension FieldSettings {
  /// The name of the value in a flat object; nil when it is deeper, or an element.
  fileprivate var member: String? {
    switch place {
    case .path(let steps)?:
      if case .member(let name)? = steps.first, steps.count == 1 { name } else { nil }
    default: name
    }
  }
}
