import Config
import System
import Text

/// The bytes of one message for a serial line, cut at start into texts and places to fill in.
struct SerialTemplate {
  private let pieces: [SerialPiece]

  /// Nothing is written.
  var isEmpty: Bool { pieces.isEmpty }

  /// - Parameter isTemplate: false: braces mean nothing.
  init(_ text: [UInt8], isTemplate: Bool) {
    pieces = SerialPiece.cut(text, isTemplate: isTemplate)
  }

  /// Hot: writes the message; one that does not fit is no message (`written` is nil).
  ///
  /// - Parameters:
  ///   - name: the alert's, in UTF-8.
  ///   - severity: its word.
  func write(
    _ event: AlertEvent, name: [UInt8], severity: [UInt8], to output: inout FixedOutput
  ) {
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): bytes.withUnsafeBytes { output.put($0) }
      case .alert: name.withUnsafeBytes { output.put($0) }
      case .state: output.put(event.transition.word)
      case .severity: severity.withUnsafeBytes { output.put($0) }
      case .value:
        if event.value.isNaN {
          output.put("unknown")
        } else {
          output.decimal(min(max(Double(event.value), -1e9), 1e9), decimals: 3)
        }
      case .episode: output.integer(event.episode)
      }
    }
  }
}
