/// Sizes of everything between the ports and the outputs, allocated before READY.
package enum PipelineLimits {
  /// Bytes taken from a port at once: a tenth of a second of serial line at 115 200 baud is 1152;
  /// a socket may bring more, and the rest stays in the kernel until the next round.
  static let readBytesMax = 4096

  /// A serial line silent for so long after it was opened is between two frames: more than one
  /// character's time at any rate and than the 16 ms that USB adapters hold bytes back.
  package static let quietNanoseconds: Int64 = 20_000_000

  /// Producers of one Unix-socket sensor at the same time: the old one and its successor while it
  /// restarts, and two more.
  static let producersMax = 4

  /// Programs that watch the events: a dashboard, a bridge, a few people.
  static let subscribersMax = 16

  /// Unread events kept for a subscriber beyond what the kernel's buffer holds: about 50 alerts,
  /// and never less than one line of the longest.
  static let pendingBytesMax = 16 * 1024

  /// The longest event line: 64 labels of 64 bytes, each byte perhaps escaped to two, with a number
  /// of up to 15 characters each make 9.4 KiB.
  static let lineBytesMax = 10 * 1024

  /// `{"type":"dropped","lines":…}` with the largest count.
  static let lossLineBytesMax = 64

  /// Read from a subscriber at once; its commands are a verb and the name of an alert or a sensor.
  typealias CommandStorage = InlineArray<128, UInt8>

  /// Everything that can be open at once, twice: 16 sensors of 4 connections and 16 subscribers.
  static let arrivalsMax = 256

  /// More than one round of the hot thread can produce.
  static let noticesMax = 256

  /// Alerts that wait for commands: with one command a second, a minute of them.
  static let programsWaitingMax = 64

  /// Offers on their way to the hot thread; the models' thread sends one and waits.
  static let modelOffersMax = 2

  /// Its answers: the one to that offer, the end of the one trial, and the end of a probation on
  /// each of 32 pipelines.
  static let modelAnswersMax = 64

  /// The line about a trial: five names of 64 bytes, a reason, and ten numbers.
  static let trialLineBytesMax = 4 * 1024

  /// The core has started well when it has run for so long after READY.
  static let healthyNanoseconds: Int64 = 10_000_000_000

  /// How often the active version of each model is looked at.
  static let modelLookMilliseconds: Int32 = 1000

  /// A command may take this long before it is killed; the next alert waits for it.
  static let programMilliseconds = 10_000

  /// At the end, commands get this long to finish: less than TimeoutStopSec of the unit.
  static let stopMilliseconds = 15_000
}
