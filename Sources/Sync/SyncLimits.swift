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

  /// The file in which sync remembers its state between two starts.
  static let stateBytesMax = 256 << 10
  /// The versions that sync remembers of one model: the current one, and some that scored before or
  /// were refused.
  static let versionsMax = 8
  /// Sync keeps the time of the last good round in steps of so many seconds, to spare the flash.
  static let doneStepSeconds: UInt64 = 600
  /// The line about a version, as a registry shows it.
  static let stateLineBytesMax = 1_000

  /// Sync keeps the time that servers prove in steps of so many seconds, to spare the flash.
  static let timeStepSeconds: Int64 = 3_600
}
