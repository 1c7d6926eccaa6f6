@testable import SensorIO

/// Bytes as a sensor's stream, with any framing.
///
/// Goal: no bytes crash. The pieces in which the stream is read change nothing, nor does a caller
/// that stops after each frame. Every byte is framed, passed, dropped or held. A frame that
/// came out can be encoded again.
/// Method: the first byte chooses the framing. The rest is the stream, pushed in one piece and in
/// pieces of random sizes, with a pause at its end.
enum FramingFuzzing {
  private static let checks: [FrameCheck?] = [
    nil, FrameCheck(.crc16Modbus), FrameCheck(.crc16CCITT),
  ]
  private static let sets: [[FramingSettings]] =
    [[.line(LineSettings())]]
    + checks.flatMap {
      [
        [.packet(.lengthPrefixed(prefixBytes: 1, check: $0))],
        [.packet(.lengthPrefixed(prefixBytes: 2, check: $0))], [.cobs($0)],
      ]
    }
    + [
      [.line(LineSettings(end: .lf, bytesMax: 16))], [.line(LineSettings(end: .cr))],
      [.line(LineSettings(end: .crlf))], [.slip(nil)], [.slip(FrameCheck(.crc32))],
      [.hdlc(.hdlcDefault)], [.hdlc(nil)], [.nmea(NMEASettings())],
      [.nmea(NMEASettings(sentence: "RMC", requiresChecksum: false))], [.packet(.pms5003)],
      [.packet(.sds011)], [.packet(.mhz19)], [.packet(.ld2410)],
      [.packet(.ubx(class: 1, id: 2))], [.packet(PacketSettings(length: .fixed(5)))],
      [
        .packet(
          PacketSettings(length: .fixed(6), check: PacketCheck(.fletcher8, from: 1, trailing: 1)))
      ],
      [.packet(.lengthPrefixed(prefixBytes: 4, check: nil, contentBytes: 4...8))],
      [.nmea(NMEASettings(sentence: "GGA")), .packet(.ubx(class: 1, id: 2))],
      [0x51, 0x52, 0x53].map { .packet(.witmotion(kind: $0)) },
    ]

  /// Frames that begin alike and end elsewhere, and sentences that are frames of both.
  private static let alike: [FramingSettings] = [12, 5, 64].map { (bytes: Int) in
    .packet(PacketSettings(start: [0xAA], length: .fixed(bytes), check: PacketCheck(.sum8)))
  }
  private static let sentences: [FramingSettings] = [
    .nmea(NMEASettings()), .nmea(NMEASettings(sentence: "GGA", requiresChecksum: false)),
  ]
  private static let settings = sets + [alike, sentences]

  static func run(_ bytes: UnsafeRawBufferPointer) {
    guard let choice = bytes.first else { return }
    let framings = settings[Int(choice & 0x7F) % settings.count]
    let stream = UnsafeRawBufferPointer(rebasing: bytes.dropFirst())
    var random = FuzzRandom(of: bytes)

    let whole = FrameReader(framings, discardUntilBoundary: choice >= 0x80)
    let frames = frames(whole, stream) { stream.count }
    let pieces = FrameReader(framings, discardUntilBoundary: choice >= 0x80)
    let again = Self.frames(pieces, stream) { 1 + Int(random.next() % 40) }
    precondition(same(frames, again) && whole.counters == pieces.counters, "pieces matter")
    let counters = whole.counters
    let held = counters.bytes - counters.bytesFramed - counters.bytesPassed - counters.bytesDropped
    precondition(counters.bytes == UInt64(stream.count))
    precondition(held == 0 && !whole.isMidFrame, "a pause leaves nothing")
    // Each frame once for each framing whose frame it is.
    let most = counters.frames * UInt64(framings.count)
    precondition((counters.frames...most).contains(UInt64(frames.count)))
    for (framing, frame) in frames {
      precondition(!frame.isEmpty && frame.count <= SensorLimits.packetBytesMax)
      encodeAgain(frame, framings[framing])
    }
  }

  private static func same(_ some: [(Int, [UInt8])], _ others: [(Int, [UInt8])]) -> Bool {
    some.count == others.count
      && zip(some, others).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
  }

  private static func frames(
    _ reader: FrameReader, _ stream: UnsafeRawBufferPointer, size: () -> Int
  ) -> [(Int, [UInt8])] {
    var frames: [(Int, [UInt8])] = []
    var (first, calls) = (0, 0)
    while first < stream.count {
      let piece = min(size(), stream.count - first)
      let bytes = UnsafeRawBufferPointer(rebasing: stream[first..<first + piece])
      var taken = 0
      while taken < piece {
        taken += reader.take(UnsafeRawBufferPointer(rebasing: bytes[taken...])) {
          frame, framing, _ in
          frames.append((framing, Array(frame)))
          return piece > 20
        }
        calls += 1
        precondition(calls <= 2 * stream.count + frames.count + 100, "a call that does nothing")
      }
      first += piece
    }
    reader.pause { frame, framing in frames.append((framing, Array(frame))) }
    return frames
  }

  private static func encodeAgain(_ frame: [UInt8], _ settings: FramingSettings) {
    switch settings {
    // Neither can be encoded where the settings let it through: an end inside a line, and a
    // sentence without a checksum that holds more than one with it.
    case .line where frame.contains(0x0A) || frame.contains(0x0D): return
    case .nmea where frame.count > 253: return
    default: break
    }
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
}
