/// Writes frames as a sensor with these settings would, for the demonstration, replay and tests.
package struct FrameEncoder: Sendable {
  package let settings: FramingSettings

  package init(_ settings: FramingSettings) { self.settings = settings }

  /// Appends one frame.
  ///
  /// - Parameter payload: the content. For `line` it must not hold a line end, for `nmea` it is the
  ///   body of a sentence. What the framing itself writes into a packet's content is overwritten.
  /// - Throws: `.payloadEmpty`, `.payloadTooShort`, `.payloadTooLong`; then `wire` is unchanged.
  package func encode(
    _ payload: UnsafeRawBufferPointer, to wire: inout [UInt8]
  ) throws(FrameError) {
    switch settings {
    case .line(let line): try LineFramer.encode(payload, line, to: &wire)
    case .packet(let packet): try PacketFramer.encode(payload, packet, to: &wire)
    case .cobs(let check): try StuffedFramer.encode(payload, .cobs, check, to: &wire)
    case .slip(let check): try StuffedFramer.encode(payload, .slip, check, to: &wire)
    case .hdlc(let check): try StuffedFramer.encode(payload, .hdlc, check, to: &wire)
    case .nmea: try NMEAFramer.encode(payload, to: &wire)
    }
  }
}
