/// Decodes packed numbers and bits.
///
///     head       `headBytes`, with fields that belong to all samples of the frame or with none
///     samples    each like the first: fields in order without padding, or at their places
///
/// Without places a frame has exactly the bytes of its samples. With places it may be longer, and
/// fields beyond its end are missing.
final class PackedSampleDecoder {
  private let fields: [PackedField]
  private let clock: PackedField?
  private let headBytes: Int
  /// From one sample to the next.
  private let strideBytes: Int
  private let samples: BinarySettings.SamplesPerFrame
  private let isExact: Bool

  init(_ settings: BinarySettings, fields: [FieldSettings], clock: ClockSettings?) {
    headBytes = settings.headBytes
    samples = settings.samplesPerFrame
    let clock = clock.map(Self.clockField)
    self.clock = clock
    self.fields = Self.layout(settings, fields, clock)
    isExact = fields.allSatisfy { $0.place == nil }
    strideBytes = Self.end(self.fields, clock, headBytes) - headBytes
  }

  /// Setup: the bytes from the content's start to the end of the first sample.
  static func bytes(
    _ settings: BinarySettings, _ fields: [FieldSettings], _ clock: ClockSettings?
  ) -> Int {
    let clock = clock.map(clockField)
    return end(layout(settings, fields, clock), clock, settings.headBytes)
  }

  /// The lengths of frames that can be right.
  var contentBytes: ClosedRange<Int> {
    let max = SensorLimits.payloadBytesMax
    guard isExact else { return (fields.map { $0.bytes.upperBound }.min() ?? 1)...max }
    switch samples {
    case .one: return headBytes + strideBytes...headBytes + strideBytes
    case .count(let count): return headBytes + count * strideBytes...headBytes + count * strideBytes
    case .asManyAsFit:
      return headBytes + strideBytes...headBytes + (max - headBytes) / strideBytes * strideBytes
    }
  }

  /// Hot: how many samples a frame has.
  func sampleCount(_ frame: UnsafeRawBufferPointer) throws(DecodeError) -> Int {
    // All fields may be in the head.
    guard strideBytes > 0 else { return 1 }
    let bytes = frame.count - headBytes
    let expected =
      switch samples {
      case .one: 1
      case .count(let count): count
      case .asManyAsFit: max(1, bytes / strideBytes)
      }
    if isExact {
      guard bytes == expected * strideBytes else {
        throw .payloadBytes(expected: headBytes + expected * strideBytes, found: frame.count)
      }
      return expected
    }
    // A sample of which there is not one byte is none; the first one tells what is missing.
    return min(expected, max(1, (bytes + strideBytes - 1) / strideBytes))
  }

  /// Hot: reads one sample; whatever the frame has no bytes for stays missing.
  ///
  /// - Parameter absent: a bit for each of the first 32 fields that stay missing besides.
  func read(
    _ frame: UnsafeRawBufferPointer, sample: Int, without absent: UInt32,
    into readings: SampleReadings
  ) {
    let shift = sample * strideBytes
    for slot in fields.indices where absent >> UInt32(slot) & 1 == 0 {
      let shift = fields[slot].bytes.lowerBound < headBytes ? 0 : shift
      guard fields[slot].bytes.upperBound + shift <= frame.count else { continue }
      readings.fields[slot] = .value(fields[slot].raw(frame, shift: shift))
    }
    if let clock {
      let shift = clock.bytes.lowerBound < headBytes ? 0 : shift
      guard clock.bytes.upperBound + shift <= frame.count else { return }
      readings.clock.pointee = .ticks(clock.unsigned(frame, shift: shift))
    }
  }

  private static func clockField(_ clock: ClockSettings) -> PackedField {
    switch clock.place {
    case .bits(let start, let length, let order, _):
      PackedField(start: start, length: length, order: order, isSigned: false)
    case .offset(let offset):
      PackedField(bits: clock.bits, isBigEndian: clock.isBigEndian, at: offset)
    default: preconditionFailure()  // the checks of the setup refused it
    }
  }

  /// Setup: where the first sample has its fields.
  static func layout(
    _ settings: BinarySettings, _ fields: [FieldSettings], _ clock: PackedField?
  ) -> [PackedField] {
    var packed: [PackedField] = []
    var offset = settings.headBytes
    for field in fields {
      switch field.place {
      case .bits(let start, let length, let order, let isSigned)?:
        packed.append(
          PackedField(start: start, length: length, order: order, isSigned: isSigned))
      case .offset(let place)?: packed.append(PackedField(field, at: place))
      default:
        if let clock, clock.bytes.lowerBound == offset { offset = clock.bytes.upperBound }
        packed.append(PackedField(field, at: offset))
      }
      offset = packed[packed.count - 1].bytes.upperBound
    }
    return packed
  }

  private static func end(_ fields: [PackedField], _ clock: PackedField?, _ headBytes: Int) -> Int {
    let ends = fields.map { $0.bytes.upperBound } + [clock?.bytes.upperBound ?? 0]
    return max(headBytes, ends.max() ?? 0)
  }
}
