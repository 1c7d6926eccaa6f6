import Config

/// Sizes of everything between the ports and the outputs, allocated before READY.
package enum PipelineLimits {
  /// Bytes taken from a port at once: a tenth of a second of serial line at 115 200 baud is 1152; a
  /// socket may bring more, and the rest stays in the Linux kernel until the next round.
  static let readBytesMax = 4096

  /// Frames of one sensor in one turn: a few microseconds of decoding for the others to wait, and
  /// more than arrive at once at 20 kHz.
  static let framesPerTurn = 16

  /// A pipeline that leaves out windows scores at least one in this time.
  static let unscoredNanoseconds: Int64 = 1_000_000_000

  /// What a live sensor may send: twice its declared rate, and a reserve for what it kept during a
  /// pause. The reserve is a minute at that rate, and never less than a buffer of 64 Ki frames.
  static func frames(of sensor: SensorSettings, at now: Int64) -> TokenBucket {
    TokenBucket(
      perSecond: 2 * sensor.rateHertz, capacity: max(60 * sensor.rateHertz, 65_536), at: now)
  }

  /// Bytes that the hot thread reads of a live wire: the longest frames at twice the rate of its
  /// sensors, with a reserve of a minute, and never less than 4 MiB. At 50 Hz these are
  /// 110 kB a second.
  static func bytes(of sensors: [SensorSettings], at now: Int64) -> TokenBucket {
    let perSecond = sensors.reduce(0) { $0 + 2 * $1.rateHertz * 1100 }
    return TokenBucket(
      perSecond: perSecond, capacity: max(30 * perSecond, 4_194_304), at: now)
  }

  /// After the signal to stop, bytes that have been read are looked at for so long: a full buffer
  /// of each connection, scored by a quick model.
  static let lastTurnsNanoseconds: Int64 = 500_000_000

  /// Changes of a sensor's state that the outbox takes: six a minute, and six at once.
  static func storedStates(at now: Int64) -> TokenBucket {
    TokenBucket(perSecond: 0.1, capacity: 6, at: now)
  }

  /// A producer that brought no good sample for so long may lose its place to a newcomer. One that
  /// works brings more than one sample a second, or connects again.
  static let silentProducerNanoseconds: Int64 = 1_000_000_000

  /// A device whose end the poller does not tell is asked after such a silence: one system call a
  /// second, and a device that was unplugged is known to be gone before its sensor is stale.
  static let unheardNanoseconds: Int64 = 1_000_000_000

  /// Between two prompts on one line, so that most devices have answered. All of them have to come
  /// to their turn in the shortest period.
  ///
  /// - Parameter periods: of the prompts of one wire.
  static func promptPause(of periods: [Int64]) -> Int64 {
    guard periods.count > 1 else { return 0 }
    return min(50_000_000, periods.min()! / Int64(periods.count) / 2)
  }

  /// Newcomers that one round takes in. Each costs some 20 µs: a place in the poller, a first line.
  static let admissionsPerRound = 4

  /// A serial line that is silent for so long after it was opened is between two frames. This is
  /// more than one character takes at any rate, and more than the 16 ms for which USB adapters hold
  /// bytes back.
  package static let quietNanoseconds: Int64 = 20_000_000

  /// No device takes so long for one frame: half a second, and three samples of a slow one, which
  /// may measure between two columns of a line; five seconds at most.
  static func pause(of sensors: [SensorSettings]) -> Int64 {
    let fastest = sensors.map { $0.rateHertz }.max() ?? 1
    return Int64(min(max(3e9 / fastest, 0.5e9), 5e9))
  }

  /// Producers of one Unix-socket sensor at the same time: the old one and its successor while it
  /// restarts, and two more.
  static let producersMax = 4

  /// Programs that watch the events: a dashboard, a bridge, a few people.
  static let subscribersMax = 16

  /// Seats of one process: a program has one, or a few while it starts again.
  static let seatsPerProcess = 4

  /// Requests of one subscriber: a screen that asks ten times a second, and a few at once at its
  /// start.
  static let requestsPerSecond = 20.0
  static let requestsAtOnce = 40.0
  /// A subscriber that asked for more is not read for so long.
  static let deafNanoseconds: Int64 = 1_000_000_000

  /// A request of 512 bytes in an error, each byte perhaps escaped to six.
  static let answerBytesMax = 4096

  /// Connections of one process to one socket: a program that tries again a few times a second, and
  /// a test that opens a hundred. More are closed at once, and the hot thread does not hear of
  /// them.
  static let connectionsPerSecond = 20.0
  static let connectionsAtOnce = 128.0
  /// Processes that the doorkeeper knows apart; with more, it forgets the one that is quiet for
  /// longest.
  static let processesMax = 64

  /// Lines of one kind about one sensor or pipeline that the log gets in a minute.
  static let logLinesPerMinute = 10

  /// Bytes of unread events that wait for a subscriber beside those in the Linux kernel's buffer:
  /// about 50 alerts, and never less than the longest line.
  static let pendingBytesMax = 16 * 1024

  /// Beside those, for alerts alone: about 16, so that a subscriber that samples overrun still
  /// hears of the alerts of a bad minute.
  static let alertBytesMax = 8 * 1024

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

  /// Changes of a pipeline's version that no person at the board asked for: three at once, so that
  /// an owner's correction, and the correction of that, come at once; then one in five minutes.
  /// After a change a longer window has to fill up before it is scored, and most windows take
  /// seconds: so a registry that moves an alias to and fro leaves alerts nearly all of the time.
  static func modelChanges(at now: Int64) -> TokenBucket {
    TokenBucket(perSecond: modelChangesPerHour / 3600, capacity: modelChangesAtOnce, at: now)
  }
  static let modelChangesPerHour = 12.0
  static let modelChangesAtOnce = 3.0

  /// At the end, programs get this long to finish: less than TimeoutStopSec of the unit.
  static let stopMilliseconds = 15_000
}
