import Config
import Store
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
  /// Of the core that runs; nil while none runs.
  private var bell: DoorBell?
  private let outbox: String
  /// The time of the next look into the outbox for an alert, as CLOCK_BOOTTIME in nanoseconds; nil
  /// while no process wrote to the outbox since the last look.
  private(set) var lookAt: Int64?
  /// The time of the next look for a core.
  private var bellAt: Int64 = 0

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    work = UplinkLane(context, settings, store)
    lane = ScheduledLane(.uplink, work, context)
    watcher = OutboxWatcher(outbox: store.path)
    outbox = store.path
  }

  /// Readable when a process wrote to the outbox; -1 while a look is due in any case, and where the
  /// Linux kernel does not tell this user.
  var descriptor: Int32 { lookAt == nil ? watcher.descriptor : -1 }

  /// Readable when the core has put an alert into the outbox, or has gone.
  var bellDescriptor: Int32 { lookAt == nil ? bell?.descriptor ?? -1 : -1 }

  /// When the watch wants to be looked at: for an alert, or for a core that has begun to run.
  var wakeAt: Int64 { lookAt ?? (bell == nil ? bellAt : .max) }

  /// Takes what the Linux kernel and the core say of the outbox, and sets the time of the next
  /// look. There is one look in `SyncLimits.outboxLookMilliseconds` at most.
  func takeChanges() {
    var hasChanged = watcher.hasChanged()
    if let bell {
      let hasRung = bell.hasRung()
      if hasRung == nil { (self.bell, bellAt) = (nil, Clock.boot()) }
      hasChanged = hasChanged || hasRung ?? true
    }
    guard hasChanged, lookAt == nil else { return }
    lookAt = Clock.boot() + SyncLimits.outboxLookMilliseconds * 1_000_000
  }

  /// A core may begin to run at any time, and there may be none for as long as the board is on.
  private func listen() {
    guard bell == nil, Clock.boot() >= bellAt else { return }
    bellAt = Clock.boot() + SyncLimits.doorLookMilliseconds * 1_000_000
    guard let bell = DoorBell(of: outbox) else { return }
    self.bell = bell
    // It may have put alerts there before.
    lookAt = Clock.boot()
  }

  /// Looks for an alert when that is due. An alert brings the next round forward.
  @export(interface)
  func look() {
    if watcher.watch() { lookAt = Clock.boot() }
    listen()
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
