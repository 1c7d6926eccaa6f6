import System

/// When sync asks one server next. The schedule reads no clock: its caller tells it the time, as
/// CLOCK_BOOTTIME in nanoseconds.
///
/// Many boards could do some things in the same moment. So each of these has a random part: the
/// start, the interval, the first retry, a link's return, the end of a Retry-After.
struct SyncSchedule {
  private(set) var dueAt: Int64
  /// The server wants no request before this time. Only time ends that.
  private(set) var blockedUntil: Int64 = 0
  private let intervalMilliseconds: Int64
  private var backoff: Backoff
  /// The last round went well, or there was none yet. Nothing speaks against an early round.
  private(set) var isWell = true
  /// So many rounds that a link brought forward have failed since the last round that went well.
  private var linksInVain = 0
  private var isHastenedByLink = false
  private var endedAt: Int64 = 0

  init(
    intervalNanoseconds: Int64, now: Int64, blockedUntil: Int64 = 0,
    seed: UInt64 = SplitMix.newSeed()
  ) {
    intervalMilliseconds = intervalNanoseconds / 1_000_000
    // No back-off is longer than the interval. So trouble of any kind ends at most one interval
    // after its cause ended.
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
    /// The trouble may pass. The next round comes after a back-off.
    case retry
    /// The server wants no request for so many seconds.
    case wait(Int64)
    /// Another request would soon change nothing. The next round comes after the interval.
    case later
    /// Sync may ask nothing before that time.
    case notBefore(Int64)
  }

  /// Sets the time of the next round.

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
      // A server may say 0 again and again. The back-off keeps sync from asking it without a pause.
      let backedOff = now + nanoseconds(backoff.next())
      dueAt = max(spreadEnd(blockedUntil, from: now), backedOff)
    case .notBefore(let time): dueAt = spreadEnd(time, from: now)
    }
  }

  /// A link came back, or a process set the clock. The trouble of before may be over then. Without
  /// trouble only a new carrier brings the next round forward, and at most once a minute, because
  /// some routers renew an address every few seconds.
  ///
  /// A link that goes as often as it comes brings the round forward by less each time, until a
  /// round goes well.
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

  /// An alert waits. It shortens only the wait for the next interval. It does not shorten the wait
  /// for a server in trouble or for a budget, because neither gets better when it is needed more.
  mutating func urged(at now: Int64) {
    guard isWell, now >= blockedUntil else { return }
    _ = hasten(to: now, spread: SyncLimits.alertSpreadMilliseconds)
  }

  /// A new alert waits, and the server has said that it wants no more. It gets a request in a
  /// while.
  mutating func recalled(at now: Int64) {
    let time = max(now, endedAt + nanoseconds(SyncLimits.stoppedPauseMilliseconds))
    _ = hasten(to: time, spread: SyncLimits.alertSpreadMilliseconds)
  }

  /// - Returns: false when the round is due as soon in any case.
  private mutating func hasten(to now: Int64, spread: Int64) -> Bool {
    guard dueAt > now + nanoseconds(spread) else { return false }
    dueAt = now + nanoseconds(backoff.jitter(upTo: spread))
    return true
  }

  /// Other boards may have got the same time. So this adds a random part, up to a quarter of the
  /// wait within `SyncLimits.waitSpreadMilliseconds`.
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
