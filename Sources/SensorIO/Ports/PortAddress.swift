/// Where a sensor's bytes come from.
package enum PortAddress: Equatable, Sendable {
  /// A serial device, raw, 8N1. `baud` is one of `SerialPort.baudRates`.
  case serial(path: String, baud: Int)
  /// A Unix stream socket on which the agent listens; several producers may connect.
  case unix(path: String)
  case standardInput
  /// A regular file or named pipe, read to its end.
  case file(path: String)

  /// Files and standard input wait until they are read, so they can neither send too much nor
  /// become old.
  package var isLive: Bool {
    switch self {
    case .serial, .unix: true
    case .standardInput, .file: false
    }
  }

  /// Several producers may be connected at the same time.
  package var takesManyProducers: Bool {
    switch self {
    case .unix: true
    case .serial, .standardInput, .file: false
    }
  }

  /// The device sends whether or not the agent has opened it, so the first bytes may be the rest of
  /// a frame.
  package var joinsMidStream: Bool {
    switch self {
    case .serial: true
    case .unix, .standardInput, .file: false
    }
  }
}
