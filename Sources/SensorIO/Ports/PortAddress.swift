/// Where a sensor's bytes come from.
package enum PortAddress: Equatable, Sendable {
  /// A serial device, raw, 8N1. `baud` is one of `SerialPort.baudRates`.
  case serial(path: String, baud: Int)
  /// A Unix stream socket on which the agent listens; several producers may connect.
  case unix(path: String)
  case standardInput
  /// A regular file or named pipe, read to its end.
  case file(path: String)
}
