@testable import SensorIO

/// Bytes as a sensor's stream, with any framing and any decoding.
///
/// Goal: no bytes crash. The pieces in which the stream is read change nothing. Every byte is
/// counted. A frame that was decoded can be encoded again.
/// Method: the first byte chooses the framing. The rest is the stream, pushed in one piece and in
/// pieces of random sizes.
enum FramingFuzzing {
  private static let settings: [FramingSettings] =
    [.line]
    + [Checksum.none, .crc16Modbus, .crc16CCITT].flatMap {
      [
        .length(prefixBytes: 1, checksum: $0), .length(prefixBytes: 2, checksum: $0),
        .cobs(checksum: $0),
      ]
    }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let settings = settings[Int(choice & 0x7F) % settings.count]
    let stream = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    var random = FuzzRandom(of: bytes)

    let whole = FrameReader(settings, discardUntilBoundary: choice >= 0x80)
    let frames = frames(whole, stream) { stream.count }
    let pieces = FrameReader(settings, discardUntilBoundary: choice >= 0x80)
    let again = Self.frames(pieces, stream) { 1 + Int(random.next() % 40) }
    precondition(frames == again && whole.counters == pieces.counters, "pieces matter")
    precondition(whole.counters.bytes == UInt64(stream.count))
    precondition(whole.counters.frames == UInt64(frames.count))
    precondition(whole.counters.bytesDropped <= whole.counters.bytes)
    for frame in frames {
      precondition(!frame.isEmpty && frame.count <= SensorLimits.payloadBytesMax)
      encodeAgain(frame, settings)
      decode(frame)
    }
  }

  private static func frames(
    _ reader: FrameReader, _ stream: UnsafeRawBufferPointer, size: () -> Int
  ) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var rest = stream[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(size()))
      reader.push(piece) { frames.append(Array($0)) }
      rest = rest.dropFirst(piece.count)
    }
    return frames
  }

  private static func encodeAgain(_ frame: [UInt8], _ settings: FramingSettings) {
    // A line that ends in CR cannot be encoded: the reader would drop the CR.
    if settings == .line && frame.last == 0x0D { return }
    var wire: [UInt8] = []
    let isSound = frame.withUnsafeBytes {
      (try? FrameEncoder(settings).encode($0, to: &wire)) != nil
    }
    precondition(isSound, "a frame that came out does not go in")
    let reader = FrameReader(settings)
    var found: [[UInt8]] = []
    wire.withUnsafeBytes { reader.push($0) { found.append(Array($0)) } }
    precondition(found == [frame], "a frame does not survive its encoding")
  }

  nonisolated(unsafe) private static let decoders: [SampleDecoder] = {
    let fields = [
      FieldSettings(name: "a"), FieldSettings(name: "b", type: .int16, scale: 0.5, offset: 1),
    ]
    return [DecodingSettings.csv, .json, .binary].map { decoding in
      guard let decoder = try? SampleDecoder(decoding, fields: fields) else {
        preconditionFailure("these fields are sound")
      }
      return decoder
    }
  }()

  private static func decode(_ frame: [UInt8]) {
    for decoder in decoders {
      var values: [Float] = [0, 0]
      values.withUnsafeMutableBufferPointer { values in
        frame.withUnsafeBytes { frame in
          guard (try? decoder.decode(frame, into: values)) != nil else { return }
          precondition(values.allSatisfy { $0.isFinite })
        }
      }
    }
  }
}
