/// Sizes of the door at which other processes ask for records.
enum DoorLimits {
  /// The user as which the unit runs sync. Root and the agent's own user may ask too.
  static let user = "edgeagent-sync"

  /// Sync with its bell, its alerts beside a recording, and two commands of a person; one more.
  static let peersMax = 6
  /// Each peer has one request under way.
  static let requestsMax = 8
  /// Wishes for an adoption under way: one for each peer.
  static let wishesMax = 8
  /// Connections that may wait to be accepted.
  static let backlog: Int32 = 16

  /// An uplink at full speed makes some 50 requests a second. A process that asks all the time gets
  /// no more than this, so the outbox thread has time for what it is there for.
  static let requestsPerSecond = 200.0
  /// The pause of a peer that asks too often.
  static let pauseMilliseconds: Int32 = 5

  /// A peer that asks nothing for so long gives its place to others, unless it listens.
  static let idleNanoseconds: Int64 = 60_000_000_000
  /// A peer that does not read its answer for so long is dropped.
  static let unreadNanoseconds: Int64 = 5_000_000_000

  /// Answers in one round of the outbox thread: one for each peer.
  static let answersPerRound = 6
}
