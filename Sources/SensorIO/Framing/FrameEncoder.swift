/// Writes frames as a sensor with these settings would, for the demonstration, replay and tests.
package struct FrameEncoder: Sendable {
  package let settings: FramingSettings

  package init(_ settings: FramingSettings) { self.settings = settings }

  /// Appends one frame.
  ///
  /// - Parameter payload: for `line` it must not hold a line end.
  /// - Throws: `.payloadEmpty`, `.payloadTooLong`; then `wire` is unchanged.
  package func encode(
    _ payload: UnsafeRawBufferPointer, to wire: inout [UInt8]
  ) throws(FrameError) {
    switch settings {
    case .line: try LineFramer.encode(payload, to: &wire)
    case .length(let prefixBytes, let checksum):
      try LengthFramer.encode(payload, prefixBytes: prefixBytes, checksum: checksum, to: &wire)
    case .cobs(let checksum): try CobsFramer.encode(payload, checksum: checksum, to: &wire)
    }
  }
}
