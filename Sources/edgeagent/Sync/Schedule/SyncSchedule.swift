/// When one server is asked next. Pure: it is told the time, CLOCK_BOOTTIME in nanoseconds.
///
/// Everything that many boards could do in the same moment has a random part: the start, the
/// interval, the first retry, a link's return, the end of a Retry-After.
struct SyncSchedule {
  private(set) var dueAt: Int64
  /// The server asked to be left alone until then; nothing but time ends that.
  private(set) var blockedUntil: Int64 = 0
  private let intervalMilliseconds: Int64
  private var backoff: Backoff
  /// The last round went well: nothing speaks against an early one.
  private var isWell = true

  init(
    intervalNanoseconds: Int64, now: Int64, blockedUntil: Int64 = 0,
    seed: UInt64 = JitterSource.newSeed()
  ) {
    intervalMilliseconds = intervalNanoseconds / 1_000_000
    // No wait is longer than a poll, so that trouble of any kind is over one poll after its cause.
    let cap = min(SyncLimits.retryCapMilliseconds, intervalMilliseconds)
    backoff = Backoff(
      baseMilliseconds: min(SyncLimits.retryBaseMilliseconds, cap), capMilliseconds: cap, seed: seed
    )
    self.blockedUntil = blockedUntil
    dueAt = now
    let spread = min(SyncLimits.startSpreadMilliseconds, intervalMilliseconds)
    dueAt = max(now + nanoseconds(backoff.jitter(upTo: spread)), blockedUntil)
  }

  func isDue(at now: Int64) -> Bool { now >= dueAt }

  /// How a round ended.
  enum Outcome: Equatable {
    case done
    /// Trouble that may pass: a random time, ever longer.
    case retry
    /// The server said when, in seconds.
    case wait(Int64)
    /// Asking again soon changes nothing: at the next interval.
    case later
    /// Nothing may be asked before that time.
    case notBefore(Int64)
  }

  mutating func ended(_ outcome: Outcome, at now: Int64) {
    isWell = outcome == .done
    switch outcome {
    case .done:
      backoff.succeed()
      dueAt = now + nextInterval()
    case .later: dueAt = now + nextInterval()
    case .retry: dueAt = now + nanoseconds(backoff.next())
    case .wait(let seconds):
      _ = backoff.next()
      let bounds = SyncLimits.waitSpreadMilliseconds
      let spread = min(max(seconds * 250, bounds.lowerBound), bounds.upperBound)
      blockedUntil = now + seconds * 1_000_000_000
      dueAt = blockedUntil + nanoseconds(backoff.jitter(upTo: spread))
    case .notBefore(let time):
      dueAt = time + nanoseconds(backoff.jitter(upTo: SyncLimits.startSpreadMilliseconds))
    }
  }

  /// A link came back, or the clock was set: whatever the trouble was, it may be over.
  mutating func linkChanged(at now: Int64) {
    backoff.succeed()
    hasten(to: now, spread: min(SyncLimits.linkSpreadMilliseconds, intervalMilliseconds))
  }

  /// Something urgent waits. It shortens no other wait than that for a poll: neither a server in
  /// trouble nor a budget is helped by being needed more.
  mutating func urged(at now: Int64) {
    guard isWell else { return }
    hasten(to: now, spread: SyncLimits.alertSpreadMilliseconds)
  }

  private mutating func hasten(to now: Int64, spread: Int64) {
    guard dueAt > now + nanoseconds(spread) else { return }
    dueAt = max(now + nanoseconds(backoff.jitter(upTo: spread)), blockedUntil)
  }

  private mutating func nextInterval() -> Int64 {
    nanoseconds(intervalMilliseconds - backoff.jitter(upTo: intervalMilliseconds / 4))
  }

  private func nanoseconds(_ milliseconds: Int64) -> Int64 { milliseconds * 1_000_000 }
}
