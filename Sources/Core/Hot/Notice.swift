import SensorIO
import System

/// A descriptor that the doorkeeper opened, on its way to the hot thread.
struct Admission: Sendable {
  enum Role: Sendable {
    /// Bytes of the configuration's sensor of that index. A file is always ready, and epoll does
    /// not take it.
    case connection(sensor: Int, isAlwaysReady: Bool)
    case subscriber
  }
  let role: Role
  let descriptor: Descriptor
}

/// What the hot thread has to tell: numbers only, for which the doorkeeper finds the words. The
/// doorkeeper also closes a descriptor that comes with it, because closing may wait.
struct Notice: Sendable {
  enum Kind: Sendable {
    /// A sensor's connection ended.
    case lost(sensor: Int, Descriptor)
    /// An input that does not come back, a file or standard input, ended.
    case ended(sensor: Int, Descriptor)
    /// One producer more than a sensor has connections for.
    case producerRefused(sensor: Int, Descriptor)
    /// Nothing arrived for `stale_after`.
    case stale(sensor: Int)
    /// Samples again after a stale time.
    case fresh(sensor: Int, gapNanoseconds: Int64)
    /// The first undecodable frame, and every doubling of their number.
    case badFrames(sensor: Int, count: Int64, framing: FrameError?, decoding: DecodeError?)
    /// The first window that missed its deadline, and every doubling of their number.
    case overrun(pipeline: Int, count: Int64, nanoseconds: Int64)
    /// The first alert that found the queue to the programs full, and every doubling.
    case programDropped(count: Int64)
    case subscriberGone(Descriptor)
    case subscriberRefused(Descriptor)
  }
  let kind: Kind
}
