import CPlatform
import Config
import SensorIO
import System

/// Opens what the agent needs while it runs, so that the hot thread opens nothing: devices that
/// come back, producers and subscribers that connect. It also finds the words for what the hot
/// thread noticed, and closes what that thread no longer needs.
///
/// It opens a device that is not there when its file comes to be (`PortWatch`). Beside that it
/// tries again within 0.2 s, then after ever longer times up to 5 s (`RetryPause`). The log says so
/// once per reason, not once per try.
final class Doorkeeper: @unchecked Sendable {
  /// The first pause before a device is tried again, and the longest.
  static let retryNanoseconds: ClosedRange<Int64> = 200_000_000...5_000_000_000
  /// Between two tries of one device, however often its file comes to be: a program that makes it
  /// again and again costs 100 tries a second.
  private static let triesNanoseconds: Int64 = 10_000_000

  private enum Door {
    case open(since: Int64, file: UnixListener? = nil)
    case listening(UnixListener)
    /// `wasOpen`: it was lost, and its return is news.
    case closed(retryAt: Int64, reason: PortError?, wasOpen: Bool)
    /// A file that was read to its end.
    case done
  }

  private let configuration: Configuration
  private let admissions: Ring<Admission>
  private let notices: Ring<Notice>
  /// Wakes the hot thread for an admission, and this thread for a notice.
  private let hotWakeup: Wakeup
  private let wakeup: Wakeup
  private let poller: Poller
  private var events: UnixListener
  private var doors: [Door] = []
  private var nextLook: Int64 = 0
  /// How often it looks after the sockets' files.
  private static let lookNanoseconds: Int64 = 1_000_000_000
  /// For each door.
  private var pauses: [RetryPause]
  private let ports: PortWatch
  /// For each door: a socket that systemd made for it, and who may connect.
  private let passed: [UnixListener?]
  private let allowed: [[[PeerName]]]
  /// For each door: when it was tried, and whether its file has come to be since.
  private var triedAt: [Int64]
  private var isNew: [Bool]
  private var meter = RateMeter<Int32>(
    perSecond: PipelineLimits.connectionsPerSecond, capacity: PipelineLimits.connectionsAtOnce,
    keysMax: PipelineLimits.processesMax)
  private var logMeter = LogMeter()
  private var departures = Departures()
  let heartbeat = Heartbeat()
  private let stopSign: StopSign

  /// Connections that one round accepts from a socket; the poller tells of the others again.
  private static let acceptsPerRound = 32

  private static let wakeupToken = UInt64.max
  private static let eventsToken = UInt64.max - 1
  private static let portsToken = UInt64.max - 2

  /// Listens for subscribers and tries every port once.
  ///
  /// - Throws: what no later try can mend: the socket for subscribers, the system's limits; and a
  ///   port that has to be there. Any other one that is not there is logged and tried again.
  init(
    configuration: Configuration, admissions: Ring<Admission>, notices: Ring<Notice>,
    hotWakeup: Wakeup, wakeup: Wakeup, passed sockets: PassedSockets = PassedSockets()
  ) throws(StartError) {
    self.configuration = configuration
    self.admissions = admissions
    self.notices = notices
    self.hotWakeup = hotWakeup
    self.wakeup = wakeup
    stopSign = StopSign(wakeup)
    pauses = configuration.wires.map { _ in RetryPause(Self.retryNanoseconds) }
    ports = PortWatch(configuration.wires.map { $0.port.isMadeByOthers ? $0.port.path : nil })
    passed = configuration.wires.map { Self.passed(for: $0.port, among: sockets) }
    allowed = configuration.wires.map { wire in
      wire.sensors.compactMap { configuration.sensors[$0].allowed }
    }
    triedAt = configuration.wires.map { _ in .min }
    isNew = configuration.wires.map { _ in false }
    do throws(SystemError) {
      poller = try Poller(eventsMax: 32)
      try poller.add(wakeup.descriptor, token: Self.wakeupToken, interest: .readable)
      if ports.descriptor >= 0 {
        try poller.add(ports.descriptor, token: Self.portsToken, interest: .readable)
      }
    } catch {
      throw .system(error)
    }
    // systemd makes /run/edgeagent; without systemd the agent makes it.
    Files.makeFolder(of: configuration.events.socket)
    do throws(SocketError) {
      events = try UnixListener.open(path: configuration.events.socket)
    } catch {
      throw .eventsSocket(place: configuration.events.socketPlace, error)
    }
    do throws(SystemError) {
      try poller.add(events.descriptor.raw, token: Self.eventsToken, interest: .readable)
    } catch {
      throw .system(error)
    }
    doors = configuration.wires.map { _ in .closed(retryAt: 0, reason: nil, wasOpen: false) }
    for wire in doors.indices {
      tryDoor(wire)
      try checkStart(of: wire)
    }
  }

  /// Setup: the socket that systemd made for a port; nil where the agent makes its own.
  private static func passed(
    for port: PortAddress, among sockets: PassedSockets
  ) -> UnixListener? {
    switch port {
    case .unix(let path): sockets.listener(path: path, form: .stream)
    case .unixPackets(let path): sockets.listener(path: path, form: .packets)
    case .unixDatagram(let path): sockets.listener(path: path, form: .datagrams)
    case .serial, .unixClient, .can, .sound, .iio, .standardInput, .file: nil
    }
  }

  /// Setup: a sensor may say that the agent has nothing to do without it.
  private func checkStart(of wire: Int) throws(StartError) {
    let sensors = configuration.wires[wire].sensors.map { configuration.sensors[$0] }
    guard case .closed(_, let reason?, _) = doors[wire],
      let sensor = sensors.first(where: { $0.needsPortAtStart })
    else { return }
    throw .port(
      place: sensor.portPlace, subject: configuration.subject(ofWire: wire), reason)
  }

  /// The thread's body.
  func run() {
    while true {
      heartbeat.beat()
      let now = Clock.boot()
      for wire in doors.indices {
        if case .closed(let retryAt, _, _) = doors[wire], retryAt <= now { tryDoor(wire) }
      }
      guard let ready = try? poller.wait(timeoutMilliseconds: pauseMilliseconds()) else { continue }
      // Asked before the ring is emptied: what was told until now is then logged.
      let isLast = stopSign.deadline != nil
      for event in ready { answer(event.token) }
      while let notice = notices.take() {
        act(on: notice)
        if let descriptor = notice.descriptor { departures.take(descriptor) }
      }
      departures.close()
      if now >= nextLook {
        nextLook = now + Self.lookNanoseconds
        bindAgain()
      }
      for text in logMeter.summaries(at: Clock.boot()) { Log.write(.warning, text) }
      if isLast { break }
    }
    removeFiles()
    stopSign.obey()
  }

  /// For the end of the process, from the main thread: the doorkeeper logs the last notices and
  /// removes the sockets' files. The main thread waits half a second at most, because the
  /// doorkeeper may hang in a driver.
  func close() { _ = stopSign.stop(until: Clock.boot() + 500_000_000) }

  private func removeFiles() {
    events.removeFile()
    for door in doors {
      switch door {
      case .listening(let listener), .open(_, let listener?): listener.removeFile()
      case .open, .closed, .done: break
      }
    }
  }

  /// A cleaner of temporary files may take a socket's file away, and then nobody could connect any
  /// more: the agent binds it again. Connections that stand go on.
  private func bindAgain() {
    if let again = boundAgain(events, "the events socket", token: Self.eventsToken) {
      events = again
    }
    for wire in doors.indices {
      guard case .listening(let listener) = doors[wire] else { continue }
      let subject = configuration.subject(ofWire: wire)
      if let again = boundAgain(listener, subject, token: UInt64(wire)) {
        doors[wire] = .listening(again)
      }
    }
  }

  /// Nil where the file stands, or cannot be made now: the next look tries again.
  private func boundAgain(
    _ listener: UnixListener, _ subject: String, token: UInt64
  ) -> UnixListener? {
    guard !listener.hasFile, let again = try? listener.openAgain(),
      (try? poller.add(again.descriptor.raw, token: token, interest: .readable)) != nil
    else { return nil }
    poller.remove(listener.descriptor.raw)
    log(
      .warning, "bound again", of: subject,
      "\(subject): the file \(listener.path) was removed; it is bound again")
    return again
  }

  /// Until the next door is due; a second at most, so that the heartbeat stays young. The hot
  /// thread lets go of what it gave away at the end of its round, mostly within a millisecond.
  private func pauseMilliseconds() -> Int32 {
    let now = Clock.boot()
    var pause: Int64 = departures.isEmpty ? 1_000_000_000 : 1_000_000
    for door in doors {
      if case .closed(let retryAt, _, _) = door { pause = min(pause, max(0, retryAt - now)) }
    }
    return Int32(pause / 1_000_000) + 1
  }

  private func answer(_ token: UInt64) {
    switch token {
    case Self.wakeupToken: wakeup.clear()
    case Self.eventsToken: accept(from: events) { .subscriber(process: $0) }
    case Self.portsToken: for wire in ports.take() { appeared(wire) }
    default:
      let wire = Int(token)
      guard case .listening(let listener) = doors[wire] else { return }
      accept(from: listener, allowed[wire]) { _ in .connection(wire: wire, isAlwaysReady: false) }
    }
  }

  /// A port's file came to be, or has other rights: worth a try, and after that one soon. Where the
  /// port is still open, it is tried when the hot thread tells of its end.
  private func appeared(_ wire: Int) {
    pauses[wire].reset()
    guard case .closed(let retryAt, let reason, let wasOpen) = doors[wire] else {
      isNew[wire] = true
      return
    }
    doors[wire] = .closed(
      retryAt: min(retryAt, soon(wire)), reason: reason, wasOpen: wasOpen)
  }

  private func soon(_ wire: Int) -> Int64 { triedAt[wire] &+ Self.triesNanoseconds }

  /// - Parameter lists: each of them has to name who connects.
  private func accept(
    from listener: UnixListener, _ lists: [[PeerName]] = [], role: (Int32) -> Admission.Role
  ) {
    for _ in 0..<Self.acceptsPerRound {
      do throws(SystemError) {
        guard let descriptor = try listener.accept() else { return }
        let process = PeerCredentials.process(of: descriptor)
        guard meter.admits(process, at: Clock.boot()) else {
          log(
            .warning, "connections", of: listener.path,
            "\(listener.path): process \(process) connects too often and is hung up on; it has to "
              + "keep its connection")
          continue
        }
        guard mayConnect(descriptor, lists) else {
          log(
            .warning, "not allowed", of: listener.path,
            "\(listener.path): process \(process) is hung up on; allow in [[sensor]] does not name "
              + "its user")
          continue
        }
        // Without room the connection is closed, and the program may connect again.
        _ = deliver(Admission(role: role(process), descriptor: descriptor))
      } catch {
        // Most likely there is no descriptor left. The connections stay in the queue; do not spin
        // on it.
        log(.error, "no connection", of: listener.path, "\(listener.path): \(error.text)")
        usleep(100_000)
        return
      }
    }
  }

  private func mayConnect(_ descriptor: Descriptor, _ lists: [[PeerName]]) -> Bool {
    if lists.isEmpty { return true }
    guard let peer = PeerCredentials(of: descriptor) else { return false }
    let accounts = Accounts.read()
    return lists.allSatisfy { PeerPolicy.admits(peer, among: $0, accounts) }
  }

  /// The ring holds more than can be open at once, so it is full only while very many programs
  /// connect or the hot thread has died.
  private func deliver(_ admission: Admission) -> Bool {
    guard admissions.put(admission) else { return false }
    hotWakeup.wake()
    return true
  }

  private func tryDoor(_ wire: Int) {
    let subject = configuration.subject(ofWire: wire)
    guard case .closed(_, let reason, let wasOpen) = doors[wire] else { return }
    (triedAt[wire], isNew[wire]) = (Clock.boot(), false)
    ports.watch(wire)
    do throws(PortError) {
      switch try opened(wire) {
      case .stream(let descriptor):
        guard admit(descriptor, of: wire, isAlwaysReady: false) else { return }
      case .alwaysReady(let descriptor):
        guard admit(descriptor, of: wire, isAlwaysReady: true) else { return }
      case .bound(let listener):
        guard admit(listener.descriptor, of: wire, isAlwaysReady: false) else { return }
        doors[wire] = .open(since: Clock.boot(), file: listener)
      case .listener(let listener):
        doors[wire] = .listening(listener)
        try watch(listener, wire: wire)
      }
      if reason != nil || wasOpen {
        log(.notice, "opened", of: subject, "\(subject): opened")
      }
    } catch {
      if error != reason {
        log(
          .error, "trying again", of: subject,
          "\(subject): \(error.message); trying again")
      }
      doors[wire] = .closed(
        retryAt: Clock.boot() + pauses[wire].next(), reason: error, wasOpen: wasOpen)
    }
  }

  private func opened(_ wire: Int) throws(PortError) -> OpenedPort {
    if let socket = passed[wire] { return socket.opened }
    return try openPort(configuration.wires[wire].port)
  }

  /// - Returns: false when the hot thread has no room for it now; then it is tried again soon.
  private func admit(
    _ descriptor: Descriptor, of wire: Int, isAlwaysReady: Bool
  ) -> Bool {
    let role = Admission.Role.connection(wire: wire, isAlwaysReady: isAlwaysReady)
    guard deliver(Admission(role: role, descriptor: descriptor)) else {
      doors[wire] = .closed(
        retryAt: Clock.boot() + Self.retryNanoseconds.lowerBound, reason: nil, wasOpen: false)
      return false
    }
    doors[wire] = .open(since: Clock.boot())
    return true
  }

  private func watch(_ listener: UnixListener, wire: Int) throws(PortError) {
    do throws(SystemError) {
      try poller.add(listener.descriptor.raw, token: UInt64(wire), interest: .readable)
    } catch {
      throw .system(path: listener.path, error)
    }
  }

  private func act(on notice: Notice) {
    switch notice.kind {
    case .lost(let wire, _):
      guard case .open(let since, _) = doors[wire] else { break }
      // A device that opens and ends at once is no better than one that does not open.
      let now = Clock.boot()
      if now - since >= Self.retryNanoseconds.upperBound { pauses[wire].reset() }
      let pause = pauses[wire].next()
      doors[wire] = .closed(
        retryAt: isNew[wire] ? soon(wire) : now + pause, reason: nil, wasOpen: true)
    case .ended(let wire, _): doors[wire] = .done
    default: break
    }
    guard let (priority, text) = notice.message(configuration) else { return }
    let topic = notice.topic(configuration)
    log(priority, topic.kind, of: topic.subject, text)
  }

  private func log(
    _ priority: Log.Priority, _ kind: String, of subject: String, _ text: String
  ) {
    if logMeter.admits(kind, of: subject, at: Clock.boot()) { Log.write(priority, text) }
  }
}
