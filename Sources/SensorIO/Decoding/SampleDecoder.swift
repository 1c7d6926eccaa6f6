/// Decodes one sensor's frames into samples: physical values in the order of the sensor's fields.
package final class SampleDecoder {
  package let fieldCount: Int
  package private(set) var counters = DecodeCounters()
  /// The latest fault, for people who look for the cause.
  package private(set) var faultLatest: DecodeError?

  private enum Decoder {
    case csv(CSVSampleDecoder)
    case json(JSONSampleDecoder)
    case packed(PackedSampleDecoder)
  }
  private let decoder: Decoder

  /// Setup: refuses fields with equal names and fields that cannot be decoded.
  @export(interface)
  package init(
    _ decoding: DecodingSettings, fields: [FieldSettings]
  ) throws(DecodingSetupError) {
    try Self.check(decoding, fields)
    fieldCount = fields.count
    decoder =
      switch decoding {
      case .csv: .csv(CSVSampleDecoder(fields: fields))
      case .json: .json(JSONSampleDecoder(fields: fields))
      case .binary: .packed(PackedSampleDecoder(fields: fields))
      }
  }

  /// Hot: decodes one frame.
  ///
  /// - Parameter values: room for `fieldCount` values. If this throws, they hold no sample.
  /// - Complexity: linear in the frame's bytes; allocates nothing.
  @export(interface)
  package func decode(
    _ frame: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) throws(DecodeError) {
    precondition(values.count == fieldCount)
    do throws(DecodeError) {
      switch decoder {
      case .csv(let decoder): try decoder.decode(frame, into: values)
      case .json(let decoder): try decoder.decode(frame, into: values)
      case .packed(let decoder): try decoder.decode(frame, into: values)
      }
      counters.samples += 1
    } catch {
      counters.count(error)
      faultLatest = error
      throw error
    }
  }

  static func check(
    _ decoding: DecodingSettings, _ fields: [FieldSettings]
  ) throws(DecodingSetupError) {
    guard (1...SensorLimits.fieldsMax).contains(fields.count) else {
      throw .fieldCount(found: fields.count, max: SensorLimits.fieldsMax)
    }
    for (index, field) in fields.enumerated() {
      guard !field.name.isEmpty else { throw .nameEmpty(field: index) }
      let isRepeated = fields[..<index].contains { $0.name.utf8.elementsEqual(field.name.utf8) }
      guard !isRepeated else { throw .nameRepeated(field: index) }
      guard field.scale.isFinite, field.scale != 0 else { throw .scaleUnusable(field: index) }
      guard field.offset.isFinite else { throw .offsetNotFinite(field: index) }
    }
    let bytes = fields.reduce(0) { $0 + $1.type.byteCount }
    guard decoding != .binary || bytes <= SensorLimits.payloadBytesMax else {
      throw .payloadTooLong(bytes: bytes, max: SensorLimits.payloadBytesMax)
    }
  }
}
