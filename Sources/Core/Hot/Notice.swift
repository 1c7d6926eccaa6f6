import SensorIO
import System

/// A descriptor that the doorkeeper opened, on its way to the hot thread.
struct Admission: Sendable {
  enum Role: Sendable {
    /// Bytes of the configuration's wire of that index. A file is always ready, and epoll does
    /// not take it.
    case connection(wire: Int, isAlwaysReady: Bool)
    /// `process`: the number of the one that connected.
    case subscriber(process: Int32)
  }
  let role: Role
  let descriptor: Descriptor
}

/// What the hot thread has to tell: numbers only, for which the doorkeeper finds the words. The
/// doorkeeper also closes a descriptor that comes with it, because closing may wait.
struct Notice: Sendable {
  enum Kind: Sendable {
    /// A wire's connection ended.
    case lost(wire: Int, Descriptor)
    /// An input that does not come back, a file or standard input, ended.
    case ended(wire: Int, Descriptor)
    /// One producer more than a wire has connections for.
    case producerRefused(wire: Int, Descriptor)
    /// A producer that was silent for longest gave its place to a new one.
    case producerEvicted(wire: Int, Descriptor)
    /// The first frame beyond the declared rate, and every doubling of their number.
    case overRate(sensor: Int, count: Int64)
    /// A wire that brought too many bytes is not read for a while: the first time, and every
    /// doubling.
    case paused(wire: Int, count: Int64)
    /// Changes of the sensor's state that the outbox was spared: the first, and every doubling.
    case statesLeftOut(sensor: Int, count: Int64)
    /// Nothing arrived for `stale_after`.
    case stale(sensor: Int)
    /// Samples come, and a field that alerts need had no value for `stale_after`.
    case blind(sensor: Int)
    /// Samples again after a stale time.
    case fresh(sensor: Int, gapNanoseconds: Int64)
    /// Samples are missing for so long.
    case gap(sensor: Int, nanoseconds: Int64)
    /// The sensor brings another number of samples a second than it declares, or as many again.
    case rate(sensor: Int, measured: Float, isAsDeclared: Bool)
    /// The first time that a field had no value, and every doubling.
    case fieldFault(sensor: Int, field: Int, kind: FieldFault, count: Int64)
    /// The first undecodable frame, and every doubling of their number.
    case badFrames(
      sensor: Int, count: Int64, framing: FrameError?, decoding: DecodeError?, bytes: FaultBytes)
    /// The first request without a sound answer, and every doubling of their number.
    case unanswered(sensor: Int, count: Int64, ModbusFailure)
    /// The first window that missed its deadline, and every doubling of their number.
    case overrun(pipeline: Int, count: Int64, nanoseconds: Int64)
    /// The first window that was left out, and every doubling of their number.
    case skipped(pipeline: Int, count: Int64, nanoseconds: Int64)
    /// A thread has not gone round for longer than it ever needs.
    case threadHangs(WatchedThread.Name)
    case subscriberGone(Descriptor)
    case subscriberRefused(Descriptor)
    case subscriberEvicted(Descriptor)
  }
  let kind: Kind

  /// What the doorkeeper is to close.
  var descriptor: Descriptor? {
    switch kind {
    case .lost(_, let descriptor), .ended(_, let descriptor), .producerRefused(_, let descriptor),
      .producerEvicted(_, let descriptor), .subscriberGone(let descriptor),
      .subscriberRefused(let descriptor), .subscriberEvicted(let descriptor):
      descriptor
    case .overRate, .paused, .statesLeftOut, .stale, .blind, .fresh, .gap, .rate, .fieldFault,
      .badFrames, .unanswered, .overrun, .skipped, .threadHangs:
      nil
    }
  }
}
