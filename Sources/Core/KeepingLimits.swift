/// Sizes of the way from the hot thread to the outbox.
enum KeepingLimits {
  /// Alerts, audit and sensor states on their way to the outbox: more than the hot thread can
  /// produce in one round, and 700 alerts while a flash card waits half a second for itself.
  static let eventsMax = 1024
  /// Of these, places that only alerts may take.
  static let eventsForAlerts = 768

  /// Reported results on their way to the outbox.
  static let resultsMax = 64

  /// Verdicts on versions on their way to the outbox: one of each of 32 pipelines at once.
  static let trialsMax = 32

  /// What people did, on its way to the outbox: eight peers at once.
  static let actsMax = 16

  /// Alerts on their way to the thread that makes recordings: a group of alerts at once.
  static let recordingMarksMax = 8
  /// Recordings that are made at the same time. In a flood of alerts the first ones say most.
  static let recordingsOpenMax = 4
  /// Of one recording: what the usual ring has of frames of 32 bytes at 50 Hz, and five seconds
  /// more, are 26 KiB.
  static let recordingBytesMax = 32 * 1024
  /// The least ring of a sensor's frames.
  static let ringBytesMin = 1024

  /// Records that wait for a commit, or for a disk that takes them again.
  static let waitingMax = 256

  /// So many waiting records are a batch: 64 results in one transaction cost a tenth of the fsyncs
  /// and half of the bytes of 64 transactions.
  static let batchMax = 64
  /// Results wait so long for more of them. A power cut may cost them, and the batches before them
  /// that are not synchronized yet.
  static let batchNanoseconds: Int64 = 5_000_000_000

  /// The outbox thread looks into its rings at least so often; only alerts wake it.
  static let pauseMilliseconds: Int32 = 100

  /// After a failure: the first retry, and the longest pause between two.
  static let retryNanoseconds: ClosedRange<Int64> = 1_000_000_000...60_000_000_000

  /// The outbox thread looks so often whether the outbox's file is still at its path.
  static let outboxLookNanoseconds: Int64 = 1_000_000_000
  /// Of each second the slow reading of the outbox takes so much. A flash card reads 30 pages in
  /// that time, ten gigabytes in a day.
  static let scrubNanoseconds: Int64 = 5_000_000
  /// What was sent and kept for long enough goes within this time.
  static let forgettingNanoseconds: Int64 = 60_000_000_000

  /// A record reports losses at most so often; the counts are always exact.
  static let lossReportNanoseconds: Int64 = 60_000_000_000

  /// When the agent stops, it waits so long for the last commit.
  static let stopMilliseconds = 3_000
}
