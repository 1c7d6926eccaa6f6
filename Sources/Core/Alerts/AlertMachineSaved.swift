extension AlertMachine {
  /// What has to outlive the process. Times are CLOCK_BOOTTIME of this boot; whoever reads them
  /// after another boot has converted them, and they may be negative then.
  struct Saved: BitwiseCopyable, Equatable, Sendable {
    var phase = AlertPhase.normal
    var flags: AlertFlags = []
    var episode: Int64 = 0
    var episodeFloor: Int64 = 0
    var repeatCount: Int32 = 0
    var isConfirmed = false
    var since: Int64 = 0
    var raisedAt: Int64 = 0
    var clearedAt: Int64? = nil
    var calledAt: Int64 = 0
    var waitingSince: Int64 = 0
    var shelfUntil: Int64 = 0
    var silenceUntil: Int64 = 0
  }

  var saved: Saved {
    Saved(
      phase: phase, flags: flags.subtracting(.drill), episode: episode,
      episodeFloor: episodeFloor, repeatCount: repeatCount,
      isConfirmed: isConfirmed, since: since, raisedAt: raisedAt, clearedAt: clearedAt,
      calledAt: calledAt, waitingSince: waitingSince, shelfUntil: shelfUntil,
      silenceUntil: silenceUntil)
  }

  /// An alert that stood stands again, and the first `tick` announces it as `restored`. Votes and
  /// delays begin anew; so does `suppressed`, because only the conditions know it. A shelf, a pause
  /// and a cooldown that ended while no agent ran end with the first ticks.
  ///
  /// What was saved comes from a file, and any numbers are taken: a time in the future is now.
  init(_ settings: Settings, restored saved: Saved, at time: Int64) {
    self.init(settings)
    phase = saved.phase
    flags = saved.flags.subtracting([.drill, .suppressed])
    episode = min(max(saved.episode, stands ? 1 : 0), Self.episodeMax)
    episodeFloor = min(max(saved.episodeFloor, 0), Self.episodeMax)
    repeatCount = stands ? max(saved.repeatCount, 0) : 0
    isConfirmed = saved.isConfirmed
    since = min(saved.since, time)
    raisedAt = min(saved.raisedAt, time)
    clearedAt = saved.clearedAt.map { min($0, time) }
    calledAt = min(saved.calledAt, time)
    waitingSince = min(saved.waitingSince, time)
    shelfUntil = saved.shelfUntil
    silenceUntil = saved.silenceUntil
    if !stands { flags.subtract([.silenced, .first]) }
    if phase == .unconfirmed || phase == .latched { flags.remove(.silenced) }
    if phase == .unacknowledged {
      calledAt = time
      // Nobody could hear it while it was suppressed.
      if saved.flags.contains(.suppressed) { waitingSince = time }
    }
    isRestored = stands
  }

  /// No file makes the count of episodes overflow.
  private static let episodeMax = Int64.max / 2
}

extension AlertPhase {
  /// A phase from a file. One that nobody knows is an alert that no person has seen: seeing it
  /// twice is better than never.
  init(saved: UInt8) { self = AlertPhase(rawValue: saved) ?? .unacknowledged }
}
