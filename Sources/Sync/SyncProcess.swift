import CPlatform
import Config
import System
import Text

/// The sync process. It asks each of its servers when that is due, and sleeps in between. A link
/// that comes up, a clock that is set, an alert in the outbox or a signal wakes it early.
///
/// The process has one thread. The core knows nothing of sync. They meet in the outbox and in the
/// models folder, and a gate may ask for a sensor's value at the core's events socket.
package final class SyncProcess {
  private let signals: Signals
  private let notifier = ServiceNotifier()
  /// In the order of their weight: the uplink, then the registry.
  private let lanes: [ScheduledLane]
  private let uplink: UplinkWatch?
  private let link = LinkWatcher()
  private let clock = ClockWatcher()

  /// - Parameter isOnce: true for `runOnce`, which sends records before it fetches models, and not
  ///   meanwhile; false for `run`.
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

  /// Asks every server once.
  ///
  /// - Returns: whether all went well. A signal ends it with false.
  @export(interface)
  package func runOnce() -> Bool {
    var isWell = true
    for lane in lanes {
      if !lane.isOpen(at: Clock.boot()) || !lane.round() { isWell = false }
      if signals.take() != nil { return false }
    }
    return isWell
  }

  /// Works until SIGTERM or SIGINT.
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
    // The process wakes once an hour in any case. Nothing else bounds the wait when every lane is
    // stopped.
    var next = Clock.boot() + 3_600_000_000_000
    for lane in lanes where lane.isAsked { next = min(next, lane.schedule.dueAt) }
    if let uplink { next = min(next, uplink.wakeAt) }
    var wait = Wait()
    for descriptor in [signals.descriptor, link.descriptor, clock.descriptor] {
      wait.add(descriptor)
    }
    wait.add(uplink?.descriptor ?? -1)
    wait.add(uplink?.bellDescriptor ?? -1)
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
    let words = SecretText.line(parts.joined(separator: "; "))
    let text = Array("STATUS=\(words)\n".utf8)
    text.withUnsafeBytes { notifier.status($0) }
  }
}
