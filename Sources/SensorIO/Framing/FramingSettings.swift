/// How a sensor's bytes are cut into frames.
package enum FramingSettings: Equatable, Sendable {
  /// Text lines.
  case line(LineSettings)
  /// Binary frames that are found by their length: a length prefix, a fixed length, bytes that mark
  /// the start, or all of these.
  case packet(PacketSettings)
  /// Consistent Overhead Byte Stuffing, in which 0x00 ends a frame.
  case cobs(FrameCheck?)
  /// RFC 1055: END (0xC0) ends a frame.
  case slip(FrameCheck?)
  /// HDLC with octets stuffed, as in RFC 1662: the flag 0x7E stands between frames.
  case hdlc(FrameCheck?)
  /// The sentences of NMEA 0183.
  case nmea(NMEASettings)

  /// The same, with only those lengths of a content that can be right: a false length is then
  /// refused at once, and keeps nothing back. A fixed length is right already: sensors that take
  /// other fields of such a frame have one framing.
  package func narrowed(to contentBytes: ClosedRange<Int>) -> FramingSettings {
    guard case .packet(var packet) = self, case .carried = packet.length,
      packet.contentBytes.overlaps(contentBytes)
    else { return self }
    packet.contentBytes = packet.contentBytes.clamped(to: contentBytes)
    return .packet(packet)
  }

  /// Whether a frame begins with bytes of its own. Only such framings can share a wire.
  package var marksStart: Bool {
    switch self {
    case .nmea: true
    case .packet(let packet): !packet.start.isEmpty
    case .line, .cobs, .slip, .hdlc: false
    }
  }

  /// Whether two framings that mark their start both get each of their frames from one wire.
  ///
  /// A sentence has one end, so all framings of sentences whose sentence it is get it.
  package func canShare(with other: FramingSettings) -> Bool {
    switch (self, other) {
    case (.packet(let one), .packet(let two)): one.canShare(with: two)
    case (.packet(let packet), .nmea(let nmea)), (.nmea(let nmea), .packet(let packet)):
      packet.canShare(with: nmea)
    default: true
    }
  }
}

/// What ends a line.
package enum LineEnd: Equatable, Sendable {
  case lf, cr, crlf
  /// CR or LF, so that every order of the two is the end of one line.
  case any
}

/// How text is cut into lines.
package struct LineSettings: Equatable, Sendable {
  package var end: LineEnd
  /// Of a line without its end; in `SensorLimits.lineBytesRange`.
  package var bytesMax: Int

  package init(end: LineEnd = .any, bytesMax: Int = SensorLimits.lineBytesMax) {
    (self.end, self.bytesMax) = (end, bytesMax)
  }
}

/// The check that ends the unstuffed content of a frame; it covers all that stands before it.
package struct FrameCheck: Equatable, Sendable {
  package var kind: Checksum
  package var isBigEndian: Bool

  package init(_ kind: Checksum, isBigEndian: Bool = false) {
    (self.kind, self.isBigEndian) = (kind, isBigEndian)
  }

  /// The frame check sequence of RFC 1662, low byte first.
  package static let hdlcDefault = FrameCheck(.crc16X25)
}

/// Which sentences of NMEA 0183 are frames.
package struct NMEASettings: Equatable, Sendable {
  /// The last three letters of the address: GGA stands for GPGGA, GNGGA and all others. Nil: every
  /// sentence is a frame.
  package var sentence: [UInt8]?
  /// A sentence without a checksum is a bad frame.
  package var requiresChecksum: Bool

  package init(sentence: [UInt8]? = nil, requiresChecksum: Bool = true) {
    (self.sentence, self.requiresChecksum) = (sentence, requiresChecksum)
  }

  /// - Parameter sentence: three letters, `"GGA"`.
  package init(sentence: StaticString, requiresChecksum: Bool = true) {
    let letters = UnsafeBufferPointer(
      start: sentence.utf8Start, count: sentence.utf8CodeUnitCount)
    self.init(sentence: Array(letters), requiresChecksum: requiresChecksum)
  }
}
