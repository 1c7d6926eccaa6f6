import Config
import System

/// The uplink lane, and what wakes it early: an alert in the outbox.
///
/// It is an interlude as well: a model over a slow link takes hours, its golden vectors take
/// minutes, and records do not wait for them. The registry lane gets this interlude and does a step
/// of it now and then, on the one thread of this process. Sync has no second thread because it
/// forks a child that verifies a bundle: such a child may call anything only where no second thread
/// held a lock.
final class UplinkWatch: Interlude {
  let lane: ScheduledLane
  private let work: UplinkLane
  private let watcher: OutboxWatcher
  /// When the next look into the outbox for an alert is due; nil while no process wrote to it.
  private(set) var lookAt: Int64?

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    work = UplinkLane(context, settings, store)
    lane = ScheduledLane(.uplink, work, context)
    watcher = OutboxWatcher(outbox: store.path)
  }

  /// Readable when a process wrote to the outbox; -1 while a look is due in any case.
  var descriptor: Int32 { lookAt == nil ? watcher.descriptor : -1 }

  /// Takes what the Linux kernel says of the outbox, and sets the time of the next look.
  /// The lane looks at commits once in `outboxLookMilliseconds` at most.
  func takeChanges() {
    guard watcher.hasChanged(), lookAt == nil else { return }
    lookAt = Clock.boot() + SyncLimits.outboxLookMilliseconds * 1_000_000
  }

  /// Looks for an alert when that is due; an alert brings the next round forward.
  @export(interface)
  func look() {
    if watcher.watch() { lookAt = Clock.boot() }
    guard let time = lookAt, Clock.boot() >= time else { return }
    lookAt = nil
    // A look opens the outbox: it is worth that only where an alert would change the schedule.
    if lane.heedsAlerts, work.hasAlert { lane.schedule.urged(at: Clock.boot()) }
  }

  func step() {
    takeChanges()
    look()
    if lane.isDue(at: Clock.boot()) { _ = lane.round() }
  }
}
