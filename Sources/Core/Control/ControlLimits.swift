import System

/// Sizes of the room in which people act.
enum ControlLimits {
  /// A few people, a panel and a bridge at once.
  static let peersMax = 8
  /// So that one user cannot keep the others out.
  static let peersOfUserMax = 4
  /// A peer that asks nothing for so long gives its place to others.
  static let idleNanoseconds: Int64 = 60_000_000_000
  /// A peer that does not read its answer for so long is dropped.
  static let unreadNanoseconds: Int64 = 5_000_000_000

  /// A request with a name, a person and a note of 200 bytes, each byte escaped, has 2 KiB.
  static let requestBytesMax = 4096
  /// A longer answer is given page by page. 64 alerts take two pages.
  static let answerBytesMax = 32 * 1024
  /// What a page leaves free for the element that no longer fits.
  static let elementBytesMax = 4 * 1024

  /// What a page of frames leaves free: a frame of 4 KiB in base 64, and what is around it.
  static let frameBytesMax = 6 * 1024

  /// Requests of one peer; a person types one in some seconds, a panel asks a few at once.
  static let requestsPerSecond = 20.0
  /// Refused acts of one user that are written to the audit, over all its connections. The audit
  /// keeps some hundreds, and nobody shall push the acts of others out of it.
  static let refusalsPerSecond = 0.5
  static let refusalsAtOnce = 30.0
  /// Places beyond `peersMax` that root and the agent's own user alone may take: whoever runs the
  /// board gets in also where everybody else has filled it.
  static let reservedPeersMax = 2
  /// Connections of one user in a second, and at once; those beyond are closed.
  static let acceptsPerSecond = 16.0
  /// Users that are known apart: more than ever act on one board.
  static let usersMax = 32
  /// Connections that are taken between two peers, so that the peers who are in are served.
  static let acceptsAtOnce = 64
  /// Connections that may wait in the kernel's queue. For one peer the thread may wait 4 seconds,
  /// for a disk and for the hot thread, before it takes new ones; a user who connects all the time
  /// must not fill the queue so soon.
  static let backlog: Int32 = 128

  /// A person waits so long for the disk, and so long for the hot thread.
  static let keepMilliseconds: Int64 = 2_000
  static let hotMilliseconds: Int64 = 2_000

  /// Orders on their way to the hot thread: each of 112 alerts at once, those without samples too.
  static let ordersMax = 128

  /// /etc/passwd and /etc/group of a board with a thousand users.
  static let accountBytesMax = 1 << 20

  /// An answer that stands, for each peer.
  static let byteCount = (peersMax + reservedPeersMax) * (requestBytesMax + answerBytesMax)
}
