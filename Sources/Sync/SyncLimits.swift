import Store

/// Times and sizes of the sync process.
enum SyncLimits {
  /// A retry comes within this time after the first failure, and within twice as long after the
  /// next.
  static let retryBaseMilliseconds: Int64 = 2_000
  /// No retry is farther away. So all boards come back within four minutes after an outage of any
  /// length. In each second no more than 1 in 120 of them comes back, on average.
  static let retryCapMilliseconds: Int64 = 240_000

  /// The first round comes within so long after the start, because all boards of a street start
  /// together after a power cut.
  static let startSpreadMilliseconds: Int64 = 10_000
  /// A round comes within so long after a link came back.
  static let linkSpreadMilliseconds: Int64 = 10_000
  /// Where all is well, a link that comes up brings the next round forward at most once in this
  /// time.
  static let linkPauseMilliseconds: Int64 = 60_000
  /// An alert waits so long at most for its round, while the server is well.
  static let alertSpreadMilliseconds: Int64 = 500
  /// The time between two looks at what the core committed to the outbox.
  static let outboxLookMilliseconds: Int64 = 500
  /// While no core runs, sync looks for one so often.
  static let doorLookMilliseconds: Int64 = 10_000
  /// A random time follows the end of a Retry-After, of a day whose budget is spent, or of the wait
  /// for a closed gate. It is at most a quarter of that wait. This range bounds the quarter.
  static let waitSpreadMilliseconds: ClosedRange<Int64> = 10_000...60_000

  /// Sync asks a closed gate again after this time and a random part of a quarter of it, and so
  /// within a minute.
  static let gateMilliseconds: Int64 = 48_000
  /// A gate's program, or the core's answer, may take so long at most.
  static let gateAnswerMilliseconds = 10_000

  /// Beside its bytes a recording is expected to take so much of the link: heads, a TLS handshake,
  /// and the questions for the run of an MLflow server.
  static let recordingOverheadBytes: Int64 = 8 << 10
  /// A connection beside that of a recording has so long for an alert. Then the recording gives
  /// way: the server may take one connection at a time, or the link may be too slow for two.
  static let besideMilliseconds: Int64 = 5_000
  /// Sync gives up a recording that went over the link so often and was not taken, so that those
  /// behind it go.
  static let recordingTriesMax: Int64 = 5

  /// Sync remembers so many records that the server refused: a batch full.
  static let refusedMax = OutboxLimits.passedOverMax
  /// A server that takes others refuses a record so often, and for so long, before sync sets the
  /// record aside. Within an hour a person has seen what is wrong with a server, or an update of it
  /// is over.
  static let refusalsMax: Int64 = 5
  static let refusalNanoseconds: Int64 = 3_600_000_000_000
  /// For so long where no other record could show whether the server takes any. Such a server has a
  /// day to be mended.
  static let loneRefusalNanoseconds: Int64 = 86_400_000_000_000
  /// Between two tries of such a record: the interval within these bounds, so that four pauses of
  /// the longest fill the hour.
  static let refusalPauseMilliseconds: ClosedRange<Int64> = 60_000...900_000
  /// So many of them are tried again in one round.
  static let retriedMax = 8
  /// After so many requests without an answer in time, each of half a minute, a round ends.
  static let silencesMax = 2
  /// The largest batch of any uplink.
  static let batchRecordsMax = 256
  /// After 410 sync tries so seldom whether the server takes an alert. A new alert goes at once,
  /// but not sooner than a minute after the last try.
  static let stoppedSeconds: Int64 = 3_600
  static let stoppedPauseMilliseconds: Int64 = 60_000

  /// The file in which sync remembers its state between two starts.
  static let stateBytesMax = 256 << 10
  /// The versions that sync remembers of one model: the current one, and some that scored before or
  /// were refused.
  static let versionsMax = 8
  /// Sync keeps the time of the last good round in steps of so many seconds, to spare the flash.
  static let doneStepSeconds: UInt64 = 600
  /// Sync keeps the time of the next try of a server in trouble in steps of so many seconds, to
  /// spare the flash.
  static let nextStepSeconds: Int64 = 60
  /// The line about a version, as a registry shows it.
  static let stateLineBytesMax = 1_000

  /// Sync keeps the time that servers prove in steps of so many seconds, to spare the flash.
  static let timeStepSeconds: Int64 = 3_600
}
