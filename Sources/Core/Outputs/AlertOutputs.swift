import CPlatform
import Config
import SensorIO
import System

/// Every output of alerts but the two that are lines of text (socket, journal): programs, GPIO
/// lines, serial lines and brokers; and the health of all of them. Made at start, from the
/// configuration alone.
///
///     hot thread ─┬─▶ GPIO lines, serial lines ◀── keeper's thread opens them
///                 ├─▶ rings ─▶ programs' lanes, one for each severity
///                 └─▶ rings ─▶ brokers' threads
///
/// No output waits for another, and what became of each is in `health`.
final class AlertOutputs: @unchecked Sendable {
  let health: OutputHealth
  private let programs: ProgramLanes
  private let brokers: [MQTTOutput]
  private let keeper: OutputKeeper
  private let serials: [SerialOutput]
  private let lines: [Line]
  /// The journal's place among the outputs; nil where no alert goes there.
  private let journal: Int?
  /// What each alert wants to show now.
  private var signals: [OutputSignal]

  private struct Line {
    let output: GPIOOutput
    /// The alerts that list it.
    let links: [OutputLink]
  }

  /// Cold.
  ///
  /// - Parameters:
  ///   - hotWakeup: wakes the hot thread, so that it calls `tick`, when a device was opened.
  ///   - driver: of GPIO lines; tests give another.
  init(
    _ configuration: Configuration, hotWakeup: Wakeup, driver: GPIODriver = .kernel
  ) throws(SystemError) {
    let health = OutputHealth(count: configuration.outputs.count)
    let keeperWakeup = Wakeup()
    var (lines, serials, brokers) = ([Line](), [SerialOutput](), [MQTTOutput]())
    var (lineDoors, portDoors) = ([DeviceDoor<GPIOLine>](), [DeviceDoor<Descriptor>]())
    for (index, output) in configuration.outputs.enumerated() {
      switch output.kind {
      case .socket, .journal, .exec: break
      case .gpio(let settings):
        let handover = Handover<GPIOLine>()
        lineDoors.append(
          GPIOOutput.door(
            output: index, name: output.name, settings, handover: handover, health: health,
            driver: driver))
        lines.append(
          Line(
            output: GPIOOutput(
              output: index, settings, handover: handover, keeperWakeup: keeperWakeup,
              health: health),
            links: OutputLink.all(configuration) { place, _ in place == index }))
      case .serial(let settings):
        let handover = Handover<Descriptor>()
        portDoors.append(
          SerialOutput.door(
            output: index, name: output.name, settings, handover: handover, health: health))
        serials.append(
          SerialOutput(
            output: index, settings, configuration, handover: handover,
            keeperWakeup: keeperWakeup, health: health))
      case .mqtt(let settings):
        brokers.append(
          MQTTOutput(
            output: index, settings, configuration, lines: EventLines(configuration),
            health: health))
      }
    }
    journal = configuration.outputs.firstIndex { $0.kind == .journal }
    keeper = OutputKeeper(
      lines: lineDoors, ports: portDoors, wakeup: keeperWakeup, hotWakeup: hotWakeup)
    programs = try ProgramLanes(configuration, health: health)
    (self.health, self.lines, self.serials, self.brokers) = (health, lines, serials, brokers)
    signals = Array(repeating: .none, count: configuration.alerts.count)
  }

  /// What its objects take.
  static func byteCount(_ configuration: Configuration) -> Int {
    var bytes = ProgramLanes.byteCount(configuration)
    for output in configuration.outputs {
      switch output.kind {
      case .serial: bytes += SerialOutput.byteCount(configuration)
      case .mqtt: bytes += MQTTOutput.byteCount(alertCount: configuration.alerts.count)
      case .socket, .journal, .exec, .gpio: break
      }
    }
    return bytes
  }

  // MARK: at start and at the end

  /// Opens the devices that are there, and starts the threads. Before READY.
  ///
  /// - Returns: false when the system cannot start a thread.
  func start() -> Bool {
    let (keeper, brokers) = (keeper, brokers)
    if keeper.isNeeded {
      keeper.step(at: Clock.boot())
      tick(at: Clock.boot())
      guard Thread.start("outputs", { keeper.run() }) else { return false }
    }
    for broker in brokers {
      guard Thread.start("mqtt", { broker.run() }) else { return false }
    }
    return programs.start()
  }

  /// For the watchdog. None of the threads waits for a program, a device or a broker.
  var threads: [WatchedThread] {
    var threads = programs.lanes.map { WatchedThread(name: .programs, heartbeat: $0.heartbeat) }
    if keeper.isNeeded {
      threads.append(WatchedThread(name: .devices, heartbeat: keeper.heartbeat))
    }
    return threads + brokers.map { WatchedThread(name: .broker, heartbeat: $0.heartbeat) }
  }

  /// At the end of the process, from the hot thread. All outputs work at once; programs and serial
  /// lines get the whole time, brokers a part of it. GPIO lines keep their state until then, and
  /// are inactive afterwards. Nothing may call `tick` any more.
  ///
  /// - Returns: what was not told, one text each; the most urgent first.
  func finish(withinMilliseconds limit: Int) -> [String] {
    let now = Clock.boot()
    let deadline = now + Int64(limit) * 1_000_000
    programs.stop(at: deadline)
    for broker in brokers { broker.stop(at: min(deadline, now + MQTTLimits.stopNanoseconds)) }
    // A thread looks at its clock at its deadline. One that hangs is left behind a moment later.
    while Clock.boot() < deadline + OutputLimits.hangNanoseconds {
      let now = Clock.boot()
      tick(at: now)
      // Where a line is away or takes nothing, nothing is gained by waiting.
      let isWriting = now < deadline && serials.contains { $0.isWriting }
      if isStopped && !isWriting { break }
      usleep(2_000)
    }
    for line in lines { line.output.end() }
    return programs.untold + serials.compactMap { $0.end(at: Clock.boot()) }
      + brokers.compactMap { $0.untold }
  }

  private var isStopped: Bool { programs.isStopped && brokers.allSatisfy { $0.isStopped } }

  // MARK: hot

  /// Hot: one transition, to every output that its alert has.
  func announce(_ event: AlertEvent, at now: Int64) {
    for serial in serials { serial.announce(event, at: now) }
    programs.announce(event)
    for broker in brokers { broker.announce(event) }
  }

  /// Hot: whether the journal took an alert.
  func noteJournal(_ isTaken: Bool) {
    guard let journal else { return }
    if isTaken { health.well(journal) } else { health.failed(journal) }
  }

  /// Hot: what an alert wants to show from now on. Each line shows the most urgent of all alerts
  /// that list it.
  func show(_ signal: OutputSignal, of alert: Int, at now: Int64) {
    guard signals[alert] != signal else { return }
    signals[alert] = signal
    for line in lines where line.links.contains(where: { $0.alert == alert }) {
      line.output.show(mostUrgent(of: line), at: now)
    }
  }

  /// Hot: what is due. Costs little where nothing is: call it in every round.
  func tick(at now: Int64) {
    for line in lines { line.output.tick(at: now) }
    for serial in serials { serial.tick(at: now) }
    programs.tick()
    for broker in brokers { broker.inlet.tick() }
  }

  /// Hot: when `tick` is due, CLOCK_BOOTTIME in nanoseconds; `.max`: when there is news.
  func nextDeadline(at now: Int64) -> Int64 {
    var next = Int64.max
    for line in lines { next = min(next, line.output.nextChange) }
    for serial in serials { next = min(next, serial.nextChange) }
    let isBehind = programs.isBehind || brokers.contains { $0.inlet.isBehind }
    return isBehind ? min(next, now + OutputLimits.behindNanoseconds) : next
  }

  private func mostUrgent(of line: Line) -> ShownSignal {
    var most = ShownSignal.off
    for link in line.links {
      let signal = signals[link.alert]
      guard !link.isEscalation || signal.isEscalated else { continue }
      let shown = line.output.shown(for: signal)
      if shown.isMoreUrgent(than: most, role: line.output.role) { most = shown }
    }
    return most
  }
}
