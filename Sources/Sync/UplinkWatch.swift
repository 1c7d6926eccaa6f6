import Config
import System

/// The uplink lane, and the watch that wakes it early when an alert is in the outbox.
///
/// It is an interlude too. A model over a slow link takes hours, its golden vectors take minutes,
/// and records do not wait for them. The registry lane gets this interlude, and does a step of it
/// about once a second, on the one thread of this process. Sync has no second thread, because it
/// forks a child that verifies a bundle. Such a child may call every function only if no second
/// thread held a lock at the fork.
final class UplinkWatch: Interlude {
  let lane: ScheduledLane
  private let work: UplinkLane
  private let watcher: OutboxWatcher
  /// The time of the next look into the outbox for an alert, as CLOCK_BOOTTIME in nanoseconds; nil
  /// while no process wrote to the outbox since the last look.
  private(set) var lookAt: Int64?

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    work = UplinkLane(context, settings, store)
    lane = ScheduledLane(.uplink, work, context)
    watcher = OutboxWatcher(outbox: store.path)
  }

  /// Readable when a process wrote to the outbox; -1 while a look is due in any case.
  var descriptor: Int32 { lookAt == nil ? watcher.descriptor : -1 }

  /// Takes what the Linux kernel says of the outbox, and sets the time of the next look. There is
  /// one look in `SyncLimits.outboxLookMilliseconds` at most.
  func takeChanges() {
    guard watcher.hasChanged(), lookAt == nil else { return }
    lookAt = Clock.boot() + SyncLimits.outboxLookMilliseconds * 1_000_000
  }

  /// Looks for an alert when that is due. An alert brings the next round forward.
  @export(interface)
  func look() {
    if watcher.watch() { lookAt = Clock.boot() }
    guard let time = lookAt, Clock.boot() >= time else { return }
    lookAt = nil
    // A look opens the outbox. That is worth its cost only where an alert would change the
    // schedule.
    if lane.heedsAlerts, work.hasAlert { lane.urged(at: Clock.boot()) }
  }

  func step() {
    takeChanges()
    look()
    guard lane.isDue(at: Clock.boot()) else { return }
    work.sendsRecordings = false
    defer { work.sendsRecordings = true }
    _ = lane.round()
  }
}
