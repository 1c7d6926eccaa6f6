/// A part of a text for a serial line: bytes as they are, or a place that an alert fills in.
package enum SerialPiece: Equatable, Sendable {
  case bytes([UInt8])
  case alert, state, severity, value, episode

  private static let places: [(StaticString, SerialPiece)] = [
    ("{alert}", .alert), ("{state}", .state), ("{severity}", .severity), ("{value}", .value),
    ("{episode}", .episode),
  ]

  /// - Parameter isTemplate: false: braces mean nothing.
  @export(interface)
  package static func cut(_ text: [UInt8], isTemplate: Bool) -> [SerialPiece] {
    guard isTemplate else { return text.isEmpty ? [] : [.bytes(text)] }
    var pieces: [SerialPiece] = []
    var plain: [UInt8] = []
    var index = 0
    while index < text.count {
      let rest = text[index...]
      guard let found = places.first(where: { rest.starts(with: $0.0.bytes) }) else {
        plain.append(text[index])
        index += 1
        continue
      }
      if !plain.isEmpty { pieces.append(.bytes(plain)) }
      plain = []
      pieces.append(found.1)
      index += found.0.utf8CodeUnitCount
    }
    if !plain.isEmpty { pieces.append(.bytes(plain)) }
    return pieces
  }

  /// The most that any alert makes of it.
  package var bytesMax: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .alert: ConfigurationLimits.nameBytesMax
    case .state, .severity: ConfigurationLimits.wordBytesMax
    case .value, .episode: ConfigurationLimits.numberBytesMax
    }
  }
}

extension StaticString {
  fileprivate var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
