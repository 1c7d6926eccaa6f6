/// Times and sizes of the sync process.
enum SyncLimits {
  /// After the first failure a retry comes within this, after the next within twice as long.
  static let retryBaseMilliseconds: Int64 = 2_000
  /// No retry is farther away: after an outage of any length all boards have been back within four
  /// minutes, and in no second more than 1 in 120 of them, on average.
  static let retryCapMilliseconds: Int64 = 240_000

  /// The first look comes within so long of the start: a street's boards start together.
  static let startSpreadMilliseconds: Int64 = 10_000
  /// And of a link's coming back.
  static let linkSpreadMilliseconds: Int64 = 10_000
  /// Where all is well, a link that comes up brings the next look forward so often at most.
  static let linkPauseMilliseconds: Int64 = 60_000
  /// An alert waits so long at most, while the server is well.
  static let alertSpreadMilliseconds: Int64 = 500
  /// Between two looks at what was committed to the outbox.
  static let outboxLookMilliseconds: Int64 = 500
  /// After the end of a Retry-After, of a day whose budget is spent, of the time for which a gate
  /// is closed: a quarter of the wait, but no less than this and no more than that.
  static let waitSpreadMilliseconds: ClosedRange<Int64> = 10_000...60_000

  /// Sync asks a closed gate again after so long and a random part of a quarter: within a minute.
  static let gateMilliseconds: Int64 = 48_000
  /// A gate's program, or the core's answer, takes so long at most.
  static let gateAnswerMilliseconds = 10_000

  /// What sync remembers between two starts.
  static let stateBytesMax = 256 << 10
  /// Versions remembered for one model: the current one and some that were, or were refused.
  static let versionsMax = 8
  /// Sync keeps the time of the last good round in steps of so many seconds, to spare the flash.
  static let doneStepSeconds: UInt64 = 600
  /// A line of state, as a registry shows it.
  static let stateLineBytesMax = 1_000

  /// Sync keeps the time that servers prove in steps of so many seconds, to spare the flash.
  static let timeStepSeconds: Int64 = 3_600
}
