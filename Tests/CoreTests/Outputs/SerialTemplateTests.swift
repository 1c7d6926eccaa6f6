import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import Text

/// Goal: each place is filled in, everything else goes out byte for byte, and a message that does
/// not fit is none. Method: templates and the text that they must give.
@Suite struct SerialTemplateTests {
  private func text(
    _ template: String, _ event: AlertEvent = Make.event(.raised, episode: 12),
    isTemplate: Bool = true, room: Int = OutputLimits.serialBytesMax
  ) -> String? {
    var buffer = [UInt8](repeating: 0, count: room)
    return buffer.withUnsafeMutableBytes { bytes in
      var output = FixedOutput(bytes)
      SerialTemplate(Array(template.utf8), isTemplate: isTemplate)
        .write(event, name: Array("fall".utf8), severity: Array("critical".utf8), to: &output)
      return output.written.map { String(decoding: $0, as: UTF8.self) }
    }
  }

  @Test(arguments: [
    ("", ""), ("ALARM\r\n", "ALARM\r\n"), ("{alert}", "fall"),
    ("{alert} {state} {severity} {value} {episode}\n", "fall raised critical 0.969 12\n"),
    ("{alert}{alert}", "fallfall"), ("{{alert}}", "{fall}"), ("{other}", "{other}"),
    ("{alert", "{alert"), ("Straße {alert}", "Straße fall"),
  ])
  func `fills in what it knows and leaves the rest`(template: String, expected: String) {
    #expect(text(template) == expected)
  }

  @Test func `braces of bytes mean nothing`() {
    #expect(text("{alert}", isTemplate: false) == "{alert}")
  }

  @Test func `what is no number is unknown, and what is too large is cut`() {
    #expect(text("{value}", Make.event(.raised, value: .nan)) == "unknown")
    #expect(text("{value}", Make.event(.raised, value: .infinity)) == "1000000000.000")
    #expect(
      text("{value}", Make.event(.raised, value: -.greatestFiniteMagnitude)) == "-1000000000.000")
  }

  @Test func `no message is longer than a configuration reckons with`() {
    let pieces = "{alert}{state}{severity}{value}{episode} "
    let reckoned = SerialPiece.cut(Array(pieces.utf8), isTemplate: true).map { $0.bytesMax }
    #expect(reckoned == [64, 16, 16, 20, 20, 1])
    for transition in AlertTransition.allCases {
      let event = Make.event(
        transition, episode: .min, value: -.greatestFiniteMagnitude)
      for (piece, most) in [("{state}", 16), ("{value}", 20), ("{episode}", 20)] {
        #expect(text(piece, event, room: most) != nil)
      }
    }
    for severity in AlertSeverity.allCases { #expect(severity.rawValue.utf8.count <= 16) }
  }

  @Test func `a message that does not fit is none`() {
    #expect(text("{alert}", room: 4) == "fall")
    #expect(text("{alert}", room: 3) == nil)
    #expect(text("x{alert}", room: 4) == nil)
  }
}
