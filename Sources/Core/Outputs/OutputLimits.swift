import Config

/// Sizes and times of the outputs of alerts.
enum OutputLimits {
  /// Events on their way from the hot thread to one slow output. When they are full, the hot thread
  /// keeps the rest: for each alert the first untold raise and the newest event.
  static let eventsWaitingMax = 64

  /// So often the hot thread looks whether a full ring has room again.
  static let behindNanoseconds: Int64 = 20_000_000

  /// The pause before a failed program is run again; it doubles up to the longest one.
  static let retryNanoseconds: ClosedRange<Int64> = 1_000_000_000...60_000_000_000
  /// Where the Linux kernel gives no pidfd, a lane looks so often whether a program has ended.
  static let lookNanoseconds: Int64 = 10_000_000
  /// A lane or a keeper goes round at least so often, so that its heartbeat stays young.
  static let roundNanoseconds: Int64 = 1_000_000_000

  /// A thread that has not stopped so long after its deadline hangs.
  static let hangNanoseconds: Int64 = 500_000_000

  /// One text for a serial line. A configuration with a longer one is refused.
  static let serialBytesMax = ConfigurationLimits.serialBytesMax
  /// So often the rest of a text is tried again.
  static let serialRetryNanoseconds: Int64 = 50_000_000
  /// A line that takes no byte for so long does not work: 1200 baud sends 512 bytes in 4.3 s.
  static let serialStallNanoseconds: Int64 = 5_000_000_000

  /// A line's level is written again so often, so that a chip that was unplugged is noticed though
  /// nothing is to be shown.
  static let gpioProofNanoseconds: Int64 = 5_000_000_000

  /// A device that does not open is tried again as often as a sensor.
  static let openRetryNanoseconds = Doorkeeper.retryNanoseconds
}

/// Sizes and times of the connection to a broker.
enum MQTTLimits {
  /// The broker sends acknowledgements and the word `online`. A longer message is skipped.
  static let incomingBytesMax = 1024
  /// Topics: the root of 256 bytes and the longest end, `/alert/` with a name of 64.
  static let topicBytesMax = 384
  /// The description of 64 alerts with names of 64 bytes and a topic of 256 bytes each: 1 KiB an
  /// alert.
  static let discoveryBytesMax = 96 * 1024
  /// The state of one alert; an event has `PipelineLimits.lineBytesMax`.
  static let stateBytesMax = 2 * 1024
  /// Reads of `incomingBytesMax` in one round of the broker's thread: a broker that floods delays
  /// neither alerts nor the thread's heartbeat. 8 KiB are all that a broker has to say in a second.
  static let readsPerRoundMax = 8
  /// Messages that the broker has not acknowledged; more wait as state.
  static let inFlightMax = 16
  /// While so many bytes wait for the socket, no further message begins and nothing is read.
  static let outgoingBytesMax = 8 * 1024
  /// The broker notices after 1.5 times this that the agent is gone, and tells the last will.
  static let keepAliveSeconds: UInt16 = 20
  /// Without an answer for so long, and when the broker reads nothing for so long, the connection
  /// is made anew.
  static let answerNanoseconds: Int64 = 10_000_000_000
  /// Between two tries: drawn at random from the upper half of a pause that doubles.
  static let retryNanoseconds: ClosedRange<Int64> = 1_000_000_000...60_000_000_000
  /// Of `password`.
  static let passwordBytesMax = 1024
  /// At the end of the process: so long for what the broker has not acknowledged.
  static let stopNanoseconds: Int64 = 3_000_000_000
}
