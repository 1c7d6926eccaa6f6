import Config
import System

/// The uplink's seat, and what wakes it early: an alert in the store.
///
/// It is an interlude as well: a model over a slow link takes hours, its golden vectors minutes, and
/// records do not wait for it. The registry's lane is given it and does a step now and then, on the
/// one thread that this process has: a bundle is verified in a forked child, which may call anything
/// only where no second thread held a lock.
final class UplinkWatch: Interlude {
  let seat: ScheduledLane
  private let lane: UplinkLane
  private let watcher: OutboxWatcher
  /// When the store is looked at for an alert; nil while nothing was written to it.
  private(set) var lookAt: Int64?

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    lane = UplinkLane(context, settings, store)
    seat = ScheduledLane(.uplink, lane, context)
    watcher = OutboxWatcher(store: store.path)
  }

  /// Readable when something was written; -1 while a look is due in any case.
  var descriptor: Int32 { lookAt == nil ? watcher.descriptor : -1 }

  /// Takes what the kernel says of the store. Commits are looked at so often at most.
  func takeChanges() {
    guard watcher.hasChanged(), lookAt == nil else { return }
    lookAt = Clock.boot() + SyncLimits.outboxLookMilliseconds * 1_000_000
  }

  /// Looks for an alert where that is due, and brings the next round forward.
  func look() {
    if watcher.watch() { lookAt = Clock.boot() }
    guard let time = lookAt, Clock.boot() >= time else { return }
    lookAt = nil
    // The store is opened for it: only where that can lead to something.
    if seat.heedsAlerts, lane.hasAlert { seat.schedule.urged(at: Clock.boot()) }
  }

  func step() {
    takeChanges()
    look()
    if seat.isDue(at: Clock.boot()) { _ = seat.round() }
  }
}
