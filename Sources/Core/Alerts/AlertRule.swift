/// Decides from a stream of scores when an alert is raised and when it is over. Pure: no clock, no
/// output, the same answers for the same scores and times.
///
///     idle ──k of n scores ≥ above──▶ holding ──for `hold`──▶ raised ──score < clearBelow──▶ idle
///                                        │                      │
///                                        └─score < clearBelow──▶ idle     latch: stays raised;
///                                                                 the next episode is `repeated`
///
/// With two levels (`above`, `clearBelow`) a score that trembles around one of them raises no
/// series of alerts. With votes one odd window raises none at all. An episode ends at the first
/// score below `clearBelow`, and its votes end with it: the next episode needs new votes.
struct AlertRule: Equatable, Sendable {
  let above: Float
  let clearBelow: Float
  /// `votesNeeded` of the last `votesOf` scores; 1 ≤ needed ≤ of ≤ 32.
  let votesNeeded: Int
  let votesOf: Int
  let holdNanoseconds: Int64
  let latches: Bool

  private enum Phase: Equatable {
    case idle
    case holding(since: Int64)
    case raised
    /// Only with `latches`: the episode is over, the alert still stands.
    case latched
    /// Only with `latches`: another episode is being held.
    case latchedHolding(since: Int64)
  }

  private var phase = Phase.idle
  /// The last `votesOf` scores, newest in bit 0: 1 where it was ≥ `above`.
  private var votes: UInt32 = 0

  init(
    above: Float, clearBelow: Float, votesNeeded: Int, votesOf: Int, holdNanoseconds: Int64,
    latches: Bool
  ) {
    precondition(clearBelow <= above && holdNanoseconds >= 0)
    precondition(1...32 ~= votesOf && 1...votesOf ~= votesNeeded)
    self.above = above
    self.clearBelow = clearBelow
    self.votesNeeded = votesNeeded
    self.votesOf = votesOf
    self.holdNanoseconds = holdNanoseconds
    self.latches = latches
  }

  /// True from `raised` to `cleared` or, when it latches, until acknowledged.
  var stands: Bool {
    switch phase {
    case .raised, .latched, .latchedHolding: true
    case .idle, .holding: false
    }
  }

  /// Takes the next score. `time` is CLOCK_BOOTTIME in nanoseconds and never goes back.
  ///
  /// - Returns: what changed, if anything did.
  /// - Complexity: O(1); allocates nothing.
  mutating func judge(_ score: Float, at time: Int64) -> AlertTransition? {
    votes = votes << 1 | (score >= above ? 1 : 0)
    if votesOf < 32 { votes &= 1 << UInt32(votesOf) - 1 }
    let isLow = score < clearBelow
    let isVoted = votes.nonzeroBitCount >= votesNeeded

    switch phase {
    case .idle:
      return isVoted ? hold(since: time, at: time) : nil
    case .holding(let since), .latchedHolding(let since):
      if isLow {
        (phase, votes) = (stands ? .latched : .idle, 0)
        return nil
      }
      return hold(since: since, at: time)
    case .raised:
      guard isLow else { return nil }
      (phase, votes) = (latches ? .latched : .idle, 0)
      return latches ? nil : .cleared
    case .latched:
      return isVoted ? hold(since: time, at: time) : nil
    }
  }

  /// A person has seen it: a latched alert whose episode is over is cleared.
  mutating func acknowledge() -> AlertTransition? {
    guard phase == .latched else { return nil }
    phase = .idle
    return .cleared
  }

  /// After a gap in the samples: forgets the votes and a running hold. A raised alert stays raised.
  mutating func forgetEpisode() {
    votes = 0
    switch phase {
    case .holding: phase = .idle
    case .latchedHolding: phase = .latched
    case .idle, .raised, .latched: break
    }
  }

  private mutating func hold(since: Int64, at time: Int64) -> AlertTransition? {
    let isRepeat = stands
    guard time - since >= holdNanoseconds else {
      phase = isRepeat ? .latchedHolding(since: since) : .holding(since: since)
      return nil
    }
    phase = .raised
    return isRepeat ? .repeated : .raised
  }
}

/// What an alert rule announces.
enum AlertTransition: UInt8, Equatable, Sendable {
  case raised, cleared
  /// A new episode while a latched alert still stood.
  case repeated

  var word: StaticString {
    switch self {
    case .raised: "raised"
    case .cleared: "cleared"
    case .repeated: "repeated"
    }
  }
}
