import CPlatform
import Config
import System

/// The sync process: asks each of its servers when that is due, and sleeps in between. What wakes
/// it early: a link that comes up, a clock that is set, an alert in the outbox, a signal.
///
/// One thread. The core knows nothing of sync; they meet in the outbox and in the models folder.
package final class SyncProcess {
  private let signals: Signals
  private let notifier = ServiceNotifier()
  /// In the order of their weight.
  private let lanes: [ScheduledLane]
  private let uplink: UplinkWatch?
  private let link = LinkWatcher()
  private let clock = ClockWatcher()

  /// - Parameter isOnce: for `runOnce`, in which records are sent before models are fetched, and
  ///   not meanwhile; else for `run`.
  @export(interface)
  package init(_ configuration: Configuration, _ settings: SyncSettings, isOnce: Bool) {
    signals = Signals()
    let context = SyncContext(configuration, settings, cancelDescriptor: signals.descriptor)
    var (lanes, uplink): ([ScheduledLane], UplinkWatch?) = ([], nil)
    if let uplinkSettings = settings.uplink, let store = configuration.store {
      let made = UplinkWatch(context, uplinkSettings, store)
      lanes.append(made.lane)
      uplink = made
    }
    if let registry = settings.registry {
      let work = ModelsLane(context, registry, interlude: isOnce ? nil : uplink)
      lanes.append(ScheduledLane(.registry, work, context))
    }
    (self.lanes, self.uplink) = (lanes, uplink)
  }

  /// Every server once.
  ///
  /// - Returns: whether all went well.
  @export(interface)
  package func runOnce() -> Bool {
    var isWell = true
    for lane in lanes {
      if !lane.isOpen(at: Clock.boot()) || !lane.round() { isWell = false }
      if signals.take() != nil { return false }
    }
    return isWell
  }

  /// Until SIGTERM or SIGINT.
  @export(interface)
  package func run() {
    notifier.ready()
    while signals.take() == nil {
      for lane in lanes where lane.isDue(at: Clock.boot()) {
        _ = lane.round()
        tellStatus()
      }
      uplink?.look()
      wait()
    }
    notifier.stopping()
  }

  private func wait() {
    // Once an hour in any case: a stopped process looks the same as a sleeping one.
    var next = Clock.boot() + 3_600_000_000_000
    for lane in lanes where !lane.isStopped { next = min(next, lane.schedule.dueAt) }
    if let lookAt = uplink?.lookAt { next = min(next, lookAt) }
    var wait = Wait()
    for descriptor in [signals.descriptor, link.descriptor, clock.descriptor] {
      wait.add(descriptor)
    }
    wait.add(uplink?.descriptor ?? -1)
    _ = try? wait.run(nanoseconds: next - Clock.boot())
    let news = link.news()
    if clock.wasSet() || news != .nothing {
      for lane in lanes {
        lane.schedule.linkChanged(at: Clock.boot(), hasCarrier: news == .carrier)
      }
    }
    uplink?.takeChanges()
  }

  private func tellStatus() {
    let parts = lanes.map { lane in
      lane.remembered.fault.isEmpty
        ? "\(lane.kind.rawValue) well" : "\(lane.kind.rawValue): \(lane.remembered.fault)"
    }
    let text = Array("STATUS=\(parts.joined(separator: "; "))\n".utf8)
    text.withUnsafeBytes { notifier.status($0) }
  }
}
