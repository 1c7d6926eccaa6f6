import CPlatform
import System
import Text

/// The sync process: asks each of its servers when that is due, and sleeps in between. What wakes it
/// early: a link that comes up, a clock that is set, an alert in the store, a signal.
///
/// One thread. The core knows nothing of it; they meet in the store and in the models folder.
final class SyncProcess {
  private let context: SyncContext
  private let signals: Signals
  private let notifier = ServiceNotifier()
  private var seats: [SyncSeat] = []
  private let uplink: UplinkLane?
  private let link = LinkWatcher()
  private let clock = ClockWatcher()
  private let storeWatcher: StoreWatcher?
  /// When the store is looked at for an alert; nil while nothing was written to it.
  private var storeLookAt: Int64?

  init(_ configuration: Configuration, _ settings: SyncSettings) {
    signals = Signals()
    context = SyncContext(configuration, settings, cancelDescriptor: signals.descriptor)
    let store = configuration.store
    storeWatcher = settings.uplink == nil ? nil : store.map { StoreWatcher(store: $0.path) }
    if let uplinkSettings = settings.uplink, let store {
      let lane = UplinkLane(context, uplinkSettings, store)
      uplink = lane
      seats.append(SyncSeat(.uplink, lane, context))
    } else {
      uplink = nil
    }
    if let registry = settings.registry {
      seats.append(SyncSeat(.registry, ModelsLane(context, registry), context))
    }
  }

  /// Every server once, in the order of their weight.
  ///
  /// - Returns: whether all went well.
  func runOnce() -> Bool {
    var isWell = true
    for seat in seats {
      if !seat.isOpen(at: Clock.boot()) || !seat.round() { isWell = false }
      if signals.take() != nil { return false }
    }
    return isWell
  }

  /// Until SIGTERM or SIGINT.
  func run() {
    notifier.ready()
    while signals.take() == nil {
      for seat in seats where seat.isDue(at: Clock.boot()) { round(seat) }
      lookAtStore()
      wait()
    }
    notifier.stopping()
  }

  /// A model over a slow link takes hours, its golden vectors minutes: records do not wait for it.
  private func round(_ seat: SyncSeat) {
    if seat.kind == .registry {
      context.meanwhile = { [unowned(unsafe) self] in self.sendMeanwhile() }
    }
    _ = seat.round()
    context.meanwhile = nil
    tellStatus()
  }

  private func sendMeanwhile() {
    takeStoreChanges()
    lookAtStore()
    for seat in seats where seat.kind == .uplink && seat.isDue(at: Clock.boot()) {
      let outer = context.meanwhile
      context.meanwhile = nil
      _ = seat.round()
      context.meanwhile = outer
    }
  }

  private func takeStoreChanges() {
    guard let storeWatcher, storeWatcher.hasChanged(), storeLookAt == nil else { return }
    storeLookAt = Clock.boot() + SyncLimits.storeLookMilliseconds * 1_000_000
  }

  private func lookAtStore() {
    if let storeWatcher, storeWatcher.watch() { storeLookAt = Clock.boot() }
    guard let time = storeLookAt, Clock.boot() >= time else { return }
    storeLookAt = nil
    for seat in seats where seat.kind == .uplink && seat.heedsAlerts {
      // The store is opened for it: only where that can lead to something.
      if let uplink, uplink.hasAlert { seat.schedule.urged(at: Clock.boot()) }
    }
  }

  private func wait() {
    // Once an hour in any case: a stopped process looks the same as a sleeping one.
    var next = Clock.boot() + 3_600_000_000_000
    for seat in seats where !seat.isStopped { next = min(next, seat.schedule.dueAt) }
    if let storeLookAt { next = min(next, storeLookAt) }
    let milliseconds = (max(0, next - Clock.boot()) + 999_999) / 1_000_000
    var files = (
      pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: clock.descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: storeLookAt == nil ? storeDescriptor : -1, events: Int16(POLLIN), revents: 0)
    )
    _ = withUnsafeMutableBytes(of: &files) {
      poll($0.bindMemory(to: pollfd.self).baseAddress, 4, Int32(clamping: milliseconds))
    }
    let news = link.news()
    if clock.wasSet() || news != .nothing {
      for seat in seats {
        seat.schedule.linkChanged(at: Clock.boot(), hasCarrier: news == .carrier)
      }
    }
    takeStoreChanges()
  }

  private var storeDescriptor: Int32 { storeWatcher?.descriptor ?? -1 }

  private func tellStatus() {
    let parts = seats.map { seat in
      seat.lane.fault.isEmpty
        ? "\(seat.kind.rawValue) well" : "\(seat.kind.rawValue): \(seat.lane.fault)"
    }
    let text = Array("STATUS=\(parts.joined(separator: "; "))\n".utf8)
    text.withUnsafeBytes { notifier.status($0) }
  }
}
