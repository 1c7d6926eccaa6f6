import System

/// When sync asks one server next. Pure: its caller tells it the time, CLOCK_BOOTTIME in
/// nanoseconds.
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
  private(set) var isWell = true
  /// Links came up in vain so often since then.
  private var linksInVain = 0
  private var isHastenedByLink = false
  private var endedAt: Int64 = 0

  init(
    intervalNanoseconds: Int64, now: Int64, blockedUntil: Int64 = 0,
    seed: UInt64 = SplitMix.newSeed()
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

  @export(interface)
  mutating func ended(_ outcome: Outcome, at now: Int64) {
    isWell = outcome == .done
    linksInVain = isWell ? 0 : linksInVain + (isHastenedByLink ? 1 : 0)
    (isHastenedByLink, endedAt) = (false, now)
    switch outcome {
    case .done:
      backoff.succeed()
      dueAt = now + nextInterval()
    case .later: dueAt = now + nextInterval()
    case .retry: dueAt = now + nanoseconds(backoff.next())
    case .wait(let seconds):
      blockedUntil = now + seconds * 1_000_000_000
      // A server that says 0 again and again is no better off for being asked again and again.
      let backedOff = now + nanoseconds(backoff.next())
      dueAt = max(spreadEnd(blockedUntil, from: now), backedOff)
    case .notBefore(let time): dueAt = spreadEnd(time, from: now)
    }
  }

  /// A link came back, or a process set the clock: the trouble of before may be over. Without
  /// trouble only a new carrier is news, and once a minute: some routers renew an address every few
  /// seconds.
  ///
  /// A link that goes as often as it comes hastens less each time, until a round goes well.
  @export(interface)
  mutating func linkChanged(at now: Int64, hasCarrier: Bool = false) {
    guard now >= blockedUntil else { return }
    if isWell {
      guard hasCarrier, now - endedAt >= nanoseconds(SyncLimits.linkPauseMilliseconds) else {
        return
      }
      _ = hasten(to: now, spread: min(SyncLimits.linkSpreadMilliseconds, intervalMilliseconds))
      return
    }
    if linksInVain == 0 {
      backoff.succeed()
      isHastenedByLink = true
    }
    var spread = min(SyncLimits.linkSpreadMilliseconds, intervalMilliseconds)
    let cap = min(SyncLimits.retryCapMilliseconds, intervalMilliseconds)
    for _ in 0..<linksInVain where spread < cap { spread = min(2 * spread, cap) }
    if hasten(to: now, spread: spread) { isHastenedByLink = true }
  }

  /// Something urgent waits. It shortens no other wait than that for a poll: neither a server in
  /// trouble nor a budget is helped by being needed more.
  mutating func urged(at now: Int64) {
    guard isWell, now >= blockedUntil else { return }
    _ = hasten(to: now, spread: SyncLimits.alertSpreadMilliseconds)
  }

  /// - Returns: false where it is due as soon in any case.
  private mutating func hasten(to now: Int64, spread: Int64) -> Bool {
    guard dueAt > now + nanoseconds(spread) else { return false }
    dueAt = now + nanoseconds(backoff.jitter(upTo: spread))
    return true
  }

  /// A moment that other boards may have been told too, and up to a quarter of the way there.
  private mutating func spreadEnd(_ time: Int64, from now: Int64) -> Int64 {
    let bounds = SyncLimits.waitSpreadMilliseconds
    let quarter = max(0, time - now) / 4_000_000
    let spread = min(max(quarter, bounds.lowerBound), bounds.upperBound)
    return time + nanoseconds(backoff.jitter(upTo: spread))
  }

  private mutating func nextInterval() -> Int64 {
    nanoseconds(intervalMilliseconds - backoff.jitter(upTo: intervalMilliseconds / 4))
  }

  private func nanoseconds(_ milliseconds: Int64) -> Int64 { milliseconds * 1_000_000 }
}
