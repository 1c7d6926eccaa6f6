/// Sizes of what the agent remembers of its alerts.
enum AlertKeepingLimits {
  /// The names that the state file keeps: the 64 alerts of a configuration, and those that left it,
  /// so that their episode numbers go on if they come back.
  static let namesMax = 256

  /// A person's reason, in bytes of UTF-8: two lines of a terminal.
  static let noteBytesMax = 200

  /// Acts whose outcome is not known yet. People wait for each; so few are enough for 8 peers that
  /// acknowledge half of all 112 alerts.
  static let actsMax = 512

  /// One record: a name, two persons, a process and a note make 460 bytes at most.
  static let recordBytesMax = 640

  /// The state file is written anew above this: some 1500 records, read in a few milliseconds.
  static let stateBytesMax = 256 * 1024
  /// So large it may become while it cannot be written anew.
  static let stateBytesEver = 1024 * 1024

  /// The mapped file of what stands: 25 words for each of 112 alerts, and some room.
  static let standingBytesMax = 64 * 1024

  /// One whole segment is always there: 2,000 transitions of 256 bytes.
  static let historySegmentBytes = 512 * 1024
  /// One whole segment is always there: 500 acts of 256 bytes, refused ones too.
  static let auditSegmentBytes = 128 * 1024

  /// After a stop without notice the numbers of episodes go on so much higher: the transitions that
  /// were told and were not on the disk yet must not have their numbers given again. The disk takes
  /// some milliseconds; an alert has one episode in that time.
  static let episodeGap: Int64 = 16

  /// Numbers of episodes and of records in a file are below this: no sum with them can overflow.
  static let numberMax = Int64.max / 2
  /// Moments in a file are this far from 0 at most, 146 years.
  static let momentMax = Int64.max / 2

  /// A shelf lasts 24 hours at most, so that each day somebody thinks of it.
  static let shelfNanosecondsMax: Int64 = 24 * 3_600_000_000_000
  /// A pause of the sound lasts 15 minutes at most (ISO 7396-1).
  static let pauseNanosecondsMax: Int64 = 15 * 60_000_000_000

  /// A drill: long enough to hear the siren and to walk to it, short enough that no person waits.
  static let drillNanoseconds: Int64 = 10_000_000_000

  /// Transitions on their way to the state file: four for each of 64 alerts at once.
  static let transitionsMax = 256
  /// What the control thread asks to be kept: it waits for each.
  static let requestsMax = 16
  /// The keeper looks into its rings at least so often.
  static let pauseMilliseconds: Int32 = 500
  /// After a failure the disk is tried again so soon.
  static let retryNanoseconds: Int64 = 5_000_000_000
  /// The clocks are noted again when wall time and boot time have moved apart by so much.
  static let clockStepNanoseconds: Int64 = 1_000_000_000
  /// When the agent stops, it waits so long for the last record.
  static let stopMilliseconds: Int64 = 3_000
}
