/// What a poller's event is about, packed into its 64-bit token.
enum Token: Equatable {
  case signals
  case admissions
  case connection(wire: Int, connection: Int)
  case subscriber(seat: Int)

  /// The token of the first seat; the others follow.
  static let subscriberBase: UInt64 = 3 << 32

  var raw: UInt64 {
    switch self {
    case .signals: 0
    case .admissions: 1 << 32
    case .connection(let wire, let connection):
      2 << 32 | UInt64(wire) << 8 | UInt64(connection)
    case .subscriber(let seat): Self.subscriberBase + UInt64(seat)
    }
  }

  init(raw: UInt64) {
    switch raw >> 32 {
    case 0: self = .signals
    case 1: self = .admissions
    case 2: self = .connection(wire: Int(raw >> 8 & 0xFF_FFFF), connection: Int(raw & 0xFF))
    default: self = .subscriber(seat: Int(raw & 0xFFFF_FFFF))
    }
  }
}
