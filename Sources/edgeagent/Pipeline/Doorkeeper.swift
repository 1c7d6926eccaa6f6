import CPlatform
import SensorIO

/// A descriptor that the doorkeeper opened, on its way to the hot thread.
struct Arrival: BitwiseCopyable, Sendable {
  enum Role: UInt8, Sendable { case sensor, subscriber }
  var role: Role
  /// Index among the configuration's sensors; 0 for a subscriber.
  var sensor: Int
  var descriptor: Int32
  /// A regular file: always readable, and unknown to epoll.
  var isAlwaysReady: Bool
}

/// What the hot thread has to tell: numbers only, the doorkeeper finds the words.
struct Notice: BitwiseCopyable, Sendable {
  enum Kind: UInt8, Sendable {
    /// A sensor's connection ended; `index` is the sensor.
    case lost
    /// Nothing arrived for `stale_after`.
    case stale
    /// The first sample after a stale time.
    case fresh
    /// The input has come to its end and does not come back (a file, standard input).
    case ended
    /// Another producer than the sensor's connections can hold; closed.
    case refused
    /// `index` is a pipeline; `value` counts the windows that missed its deadline so far.
    case overrun
    /// The first undecodable frame, or a power of two of them; `value` counts them.
    case badFrames
    /// A subscriber beyond the table's size; closed.
    case subscriberRefused
  }
  var kind: Kind
  var index: Int
  var value: Int64
}
