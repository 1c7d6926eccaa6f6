import CPlatform
import Config
import System
import Text

/// Alerts to a broker on this board, over its Unix socket, on a thread of its own. The core has no
/// network; the broker's bridge may have one.
///
/// The newest state of each alert is what counts: it is retained, and goes out again with every new
/// connection. Events wait in a place of fixed size for each alert. The agent subscribes to nothing
/// that could command it: old acknowledgements, retained by a broker, must not come back.
final class MQTTOutput: @unchecked Sendable {
  let output: Int
  let inlet: OutputInlet
  let heartbeat = Heartbeat()
  private let name: String
  private let settings: MQTTSettings
  private let texts: MQTTTexts
  private let client: String
  private let lines: EventLines
  private let health: OutputHealth
  /// For each alert of the configuration whether it goes here.
  private let isOurs: [Bool]
  private let stopSign: StopSign

  // What only its thread touches.
  private var session = MQTTSession()
  private var socket: Descriptor?
  private var retryAt: Int64 = 0
  private var pause = RetryPause(MQTTLimits.retryNanoseconds)
  private var reason: MQTTSessionFault?
  private var news: MQTTNews
  private var untoldCount = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: MQTTLimits.incomingBytesMax, alignment: 16)

  /// - Parameter lines: no other thread uses it.
  init(
    output: Int, _ settings: MQTTSettings, _ configuration: Configuration, lines: EventLines,
    health: OutputHealth
  ) {
    let alerts = OutputLink.all(configuration) { index, _ in index == output }.map { $0.alert }
    let count = configuration.alerts.count
    (self.output, self.settings, self.lines, self.health) = (output, settings, lines, health)
    name = configuration.outputs[output].name
    client = "edgeagent-\(configuration.agent.id)"
    texts = MQTTTexts(configuration, settings, alerts: alerts)
    isOurs = (0..<count).map { alerts.contains($0) }
    inlet = OutputInlet(alertCount: count)
    stopSign = StopSign(inlet.wakeup)
    news = MQTTNews(texts, alertCount: count)
  }

  deinit { buffer.deallocate() }

  /// What it takes at most: its places, the messages in flight, and one description.
  static func byteCount(alertCount: Int) -> Int {
    OutputInlet.byteCount(alertCount: alertCount)
      + MQTTNews.byteCount(alertCount: alertCount)
      + MQTTLimits.inFlightMax * 2 * MQTTLimits.stateBytesMax + 2 * MQTTLimits.discoveryBytesMax
      + EventLines.byteCount + Thread.stackBytes
  }

  // MARK: the hot thread's side

  /// Hot.
  func announce(_ event: AlertEvent) {
    if isOurs[event.alert] { inlet.put(event) }
  }

  func stop(at time: Int64) { stopSign.ask(until: time) }

  var isStopped: Bool { stopSign.hasStopped }

  /// What the broker has not been told, in words; nil: nothing.
  var untold: String? {
    guard isStopped else { return "output \(name): its thread hangs" }
    // The farewell needs no answer.
    guard untoldCount > 0 else { return nil }
    return "output \(name): \(Decimal.count(untoldCount, "message"))"
  }

  // MARK: its thread

  /// The thread's body; it returns after `stop`.
  func run() {
    while true {
      heartbeat.beat()
      let deadline = stopSign.deadline
      // Asked before the ring is emptied: what was behind the ring until now is then in it.
      let isBehind = inlet.isBehind
      round(at: Clock.boot())
      if let deadline {
        let isTold = session.phase == .open && session.isSettled && news.isEmpty && !isBehind
        // Where there is no broker, nothing is gained by waiting.
        if isTold || socket == nil || Clock.boot() >= deadline { break }
      }
      wait(until: deadline)
    }
    untoldCount = news.untoldCount + session.inFlightCount
    farewell()
    stopSign.obey()
  }

  /// Everything that can be done now, without waiting.
  func round(at now: Int64) {
    while let queued = inlet.take() { news.note(queued) }
    do throws(MQTTSessionFault) {
      if socket == nil, now >= retryAt { try connect(at: now) }
      guard let socket else { return }
      try receive(from: socket, at: now)
      try session.tick(at: now)
      fill(at: now)
      try send(to: socket, at: now)
    } catch {
      lose(error, at: now)
    }
  }

  // MARK: the connection

  private func connect(at now: Int64) throws(MQTTSessionFault) {
    let password = try password()
    let opened: Descriptor
    do throws(SocketError) {
      opened = try UnixSocket.connect(path: settings.socket)
    } catch {
      throw .socket(error)
    }
    let will = MQTTPacket.Publish(
      topic: Array(texts.statusTopic.utf8), payload: Array("offline".utf8), isRetained: true)
    session.begin(
      MQTTPacket.connect(
        client: client, keepAliveSeconds: MQTTLimits.keepAliveSeconds, will: will,
        user: settings.user, password: password), at: now)
    socket = opened
  }

  /// Read for each connection: a credential may have been renewed.
  private func password() throws(MQTTSessionFault) -> [UInt8]? {
    guard let file = settings.password else { return nil }
    guard let path = file.path else {
      if case .credential(let name) = file { throw .credential(name: name) }
      return nil
    }
    do throws(Files.Failure) {
      var bytes = try Files.read(path, bytesMax: MQTTLimits.passwordBytesMax)
      while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") {
        bytes.removeLast()
      }
      return bytes
    } catch {
      throw .password(path: path, error)
    }
  }

  private func lose(_ fault: MQTTSessionFault, at now: Int64) {
    socket = nil
    session.close()
    health.failed(output)
    if fault != reason {
      Log.write(.error, "output \(name): \(settings.socket): \(fault.message); trying again")
    }
    reason = fault
    retryAt = now + pause.next()
  }

  /// The broker has accepted the connection: it hears everything anew.
  private func greet() {
    if reason != nil { Log.write(.notice, "output \(name): works") }
    reason = nil
    pause.reset()
    health.well(output)
    session.subscribe(MQTTTexts.birthTopic)
    news.greet()
  }

  /// A broker that floods is read in parts, and not at all while it does not read its answers.
  private func receive(from socket: Descriptor, at now: Int64) throws(MQTTSessionFault) {
    for _ in 0..<MQTTLimits.readsPerRoundMax where session.canReceive {
      let result: ReadResult
      do throws(SystemError) {
        result = try socket.read(into: buffer)
      } catch {
        throw .closed
      }
      guard case .bytes(let count) = result else {
        if result == .end { throw .closed }
        return
      }
      let (messages, isNew) = try session.receive(
        UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: now)
      if isNew { greet() }
      for message in messages where message.isBirth { news.repeatAll() }
    }
  }

  private func send(to socket: Descriptor, at now: Int64) throws(MQTTSessionFault) {
    while !session.outgoing.isEmpty {
      do throws(SystemError) {
        guard let count = try Self.write(session.outgoing, to: socket) else { return }
        session.wrote(count, at: now)
      } catch {
        throw .closed
      }
    }
  }

  private static func write(_ bytes: [UInt8], to socket: Descriptor) throws(SystemError) -> Int? {
    try bytes.span.withUnsafeBytes { (bytes) throws(SystemError) in try socket.write(bytes) }
  }

  /// Gives the session what is due, for as long as it takes more.
  private func fill(at now: Int64) {
    while session.canPublish, let message = news.next({ lines.alert($0) }) {
      session.publish(message.topic, message.payload, retained: message.isRetained, at: now)
    }
  }

  /// The end of the process: `offline` is said by the agent itself, and then no last will is.
  private func farewell() {
    guard let socket, session.phase == .open else { return }
    let now = Clock.boot()
    session.publish(texts.statusTopic, Array("offline".utf8), retained: true, at: now)
    session.disconnect()
    try? send(to: socket, at: now)
    self.socket = nil
  }

  private func wait(until deadline: Int64?) {
    let now = Clock.boot()
    var due = now + OutputLimits.roundNanoseconds
    if socket == nil { due = min(due, retryAt) }
    if let deadline { due = min(due, deadline) }
    var wait = Wait()
    wait.add(inlet.wakeup.descriptor)
    wait.add(session.canReceive ? socket?.raw ?? -1 : -1)
    if !session.outgoing.isEmpty { wait.add(socket?.raw ?? -1, for: .writable) }
    _ = try? wait.run(nanoseconds: max(due - now, 1_000_000))
    inlet.wakeup.clear()
  }
}

extension MQTTPacket.Publish {
  /// Home Assistant has started, and asks who is there.
  fileprivate var isBirth: Bool {
    topic.elementsEqual(MQTTTexts.birthTopic.utf8) && payload.elementsEqual("online".utf8)
  }
}
