extension AlertMachine {
  /// Where an alert stands: all of it that outlives the process. Times are CLOCK_BOOTTIME of this
  /// boot, in nanoseconds. Whoever reads them after another boot has converted them, and they may
  /// be negative then.
  struct State: BitwiseCopyable, Equatable, Sendable {
    var phase = AlertPhase.normal
    var flags: AlertFlags = []
    /// The running number of the last episode; 0 before the first.
    var episode: Int64 = 0
    /// The next episode gets a greater number: before a restart one may have been told and not
    /// kept.
    var episodeFloor: Int64 = 0
    /// How often this episode was raised again.
    var repeatCount: Int32 = 0
    /// The remedy of this episode is done.
    var isConfirmed = false

    /// When the phase began.
    var since: Int64 = 0
    /// When the episode began.
    var raisedAt: Int64 = 0
    /// When the condition of the last episode was over: `cooldown` counts from here.
    var clearedAt: Int64?
    /// When the alert last called a person, or was acknowledged: `repeat` counts from here.
    var calledAt: Int64 = 0
    /// Since when a person could have acknowledged it: `escalate_after` counts from here.
    var waitingSince: Int64 = 0
    /// These two matter with their flags only.
    var shelfUntil: Int64 = 0
    var silenceUntil: Int64 = 0

    /// The alert is not normal.
    var stands: Bool { phase != .normal }
  }

  /// An alert that stood stands again, and the first `tick` announces it as `restored`. Votes and
  /// delays begin anew; so does `suppressed`, because only the conditions know it. A shelf, a pause
  /// and a cooldown that ended while no agent ran end with the first ticks.
  ///
  /// What was saved comes from a file, and any numbers are taken: a time in the future is now.
  init(_ settings: Settings, restored saved: State, at time: Int64) {
    self.init(settings, saved)
    state.flags.subtract(.ofThisRun)
    state.episode = min(max(saved.episode, stands ? 1 : 0), Self.episodeMax)
    state.episodeFloor = min(max(saved.episodeFloor, 0), Self.episodeMax)
    state.repeatCount = stands ? max(saved.repeatCount, 0) : 0
    state.since = min(saved.since, time)
    state.raisedAt = min(saved.raisedAt, time)
    state.clearedAt = saved.clearedAt.map { min($0, time) }
    state.calledAt = min(saved.calledAt, time)
    state.waitingSince = min(saved.waitingSince, time)
    if !stands { state.flags.subtract([.silenced, .first]) }
    if phase == .unconfirmed || phase == .latched { state.flags.remove(.silenced) }
    if phase == .unacknowledged {
      state.calledAt = time
      // Nobody could hear it while it was suppressed.
      if saved.flags.contains(.suppressed) { state.waitingSince = time }
    }
    isRestored = stands
  }

  /// No file makes the count of episodes overflow.
  private static let episodeMax = Int64.max / 2
}
