/// How a serial line is set: rate, form of a character, flow.
package struct SerialSettings: Equatable, Sendable {
  package enum Parity: String, CaseIterable, Sendable { case none, even, odd, mark, space }

  package enum Flow: String, CaseIterable, Sendable {
    case none
    /// The receiver stops the sender by RTS, and the sender this end by CTS.
    case rtsCts = "rts-cts"
  }

  /// Bits per second. Drivers round a rate to what their clock can do.
  package var baud = 115_200
  /// 7 or 8.
  package var dataBits = 8
  package var parity = Parity.none
  /// 1 or 2.
  package var stopBits = 1
  package var flow = Flow.none
  /// The driver raises RTS while it sends.
  package var isRS485 = false
  /// The driver hands bytes on at once; a USB adapter else keeps them for up to 16 ms.
  package var isLowLatency = false

  package init(baud: Int = 115_200) { self.baud = baud }

  /// From the slowest of telegraph lines to what USB adapters do.
  package static let baudRange = 50...12_000_000

  /// `115200 baud 8N1`, for people.
  package var text: String {
    let letter =
      switch parity {
      case .none: "N"
      case .even: "E"
      case .odd: "O"
      case .mark: "M"
      case .space: "S"
      }
    return "\(baud) baud \(dataBits)\(letter)\(stopBits)"
  }

  /// What one character takes on the wire, with its start bit.
  package var characterNanoseconds: Int64 {
    let bits = 1 + dataBits + (parity == .none ? 0 : 1) + stopBits
    return Int64(bits) * 1_000_000_000 / Int64(max(1, baud))
  }
}
