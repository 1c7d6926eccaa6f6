/// Sizes of everything between the ports and the outputs, allocated before READY.
package enum PipelineLimits {
  /// Bytes taken from a port at once: a tenth of a second of serial line at 115 200 baud is 1152; a
  /// socket may bring more, and the rest stays in the Linux kernel until the next round.
  static let readBytesMax = 4096

  /// A serial line that is silent for so long after it was opened is between two frames. This is
  /// more than one character takes at any rate, and more than the 16 ms for which USB adapters hold
  /// bytes back.
  package static let quietNanoseconds: Int64 = 20_000_000

  /// Producers of one Unix-socket sensor at the same time: the old one and its successor while it
  /// restarts, and two more.
  static let producersMax = 4

  /// Programs that watch the events: a dashboard, a bridge, a few people.
  static let subscribersMax = 16

  /// Bytes of unread events that wait for a subscriber beside those in the Linux kernel's buffer:
  /// about 50 alerts, and never less than the longest line.
  static let pendingBytesMax = 16 * 1024

  /// The longest event line: 64 labels of 64 bytes, each byte perhaps escaped to two, with a number
  /// of up to 15 characters each make 9.4 KiB.
  static let lineBytesMax = 10 * 1024

  /// `{"type":"dropped","lines":…}` with the largest count.
  static let lossLineBytesMax = 64

  /// Bytes that are read from a subscriber at once; a request is a word and the name of an alert or
  /// a sensor.
  typealias RequestStorage = InlineArray<128, UInt8>

  /// Everything that can be open at once, twice: 16 sensors of 4 connections and 16 subscribers.
  static let admissionsMax = 256

  /// More than one round of the hot thread can produce.
  static let noticesMax = 256

  /// Alerts that wait for their programs: with one program a second, a minute of them.
  static let programsWaitingMax = 64

  /// Offers on their way to the hot thread; the models' thread sends one and waits.
  static let modelOffersMax = 2

  /// Answers of the hot thread: one to that offer, the end of the one trial, and the end of a
  /// probation on each of 32 pipelines.
  static let modelAnswersMax = 64

  /// The line about a trial: five names of 64 bytes, a reason, and ten numbers.
  static let trialLineBytesMax = 4 * 1024

  /// The core has started well when it has run for so long after READY.
  static let healthyNanoseconds: Int64 = 10_000_000_000

  /// How often the models' thread looks at the active version of each model.
  static let modelLookMilliseconds: Int32 = 1000

  /// A program may take this long before it is killed; the next alert waits for it.
  static let programMilliseconds = 10_000

  /// At the end, programs get this long to finish: less than TimeoutStopSec of the unit.
  static let stopMilliseconds = 15_000
}
