import CPlatform
import Config
import System

/// The socket on which people act, on a thread of its own. It waits for the disk and for the hot
/// thread, for a bounded time; nothing waits for it.
///
/// A peer cannot make it hang: a peer that does not read, does not write or asks too much is told
/// so or dropped, and each round serves each peer once.
final class ControlThread: @unchecked Sendable {
  let heartbeat: Heartbeat
  private var listener: UnixListener
  /// When it looks after its file again.
  private var nextLook: Int64 = 0
  private let poller: Poller
  private let policy: PeerPolicy
  private let desk: ControlDesk
  private let readAccounts: @Sendable () -> Accounts
  private var peers: [ControlPeer?]
  private var meter = RateMeter<UInt32>(
    perSecond: ControlLimits.acceptsPerSecond, capacity: ControlLimits.acceptsPerSecond,
    keysMax: ControlLimits.usersMax)
  private var logMeter = LogMeter()
  /// The system gave no connection, and the listener is left alone until then.
  private var retryAt: Int64?
  private let wakeup: Wakeup
  private let stopSign: StopSign

  private static let listenerToken = UInt64.max
  private static let wakeupToken = UInt64.max - 1

  /// - Throws: what no later try can mend: the socket cannot be made.
  init(
    _ settings: ControlSettings, desk: ControlDesk, heartbeat: Heartbeat,
    policy: PeerPolicy? = nil,
    accounts: @escaping @Sendable () -> Accounts = { Accounts.read() }
  ) throws(SocketError) {
    (self.desk, self.heartbeat, readAccounts) = (desk, heartbeat, accounts)
    self.policy = policy ?? PeerPolicy(settings)
    wakeup = Wakeup()
    stopSign = StopSign(wakeup)
    peers = Array(
      repeating: nil, count: ControlLimits.peersMax + ControlLimits.reservedPeersMax)
    // systemd makes /run/edgeagent; without systemd the agent makes it.
    Files.makeFolder(of: settings.socket)
    listener = try UnixListener.open(
      path: settings.socket, mode: 0o660, backlog: ControlLimits.backlog)
    do throws(SystemError) {
      poller = try Poller(eventsMax: peers.count + 2)
      try poller.add(listener.descriptor.raw, token: Self.listenerToken, interest: .readable)
      try poller.add(wakeup.descriptor, token: Self.wakeupToken, interest: .readable)
    } catch {
      throw .system(path: settings.socket, error)
    }
  }

  /// The thread's body, until `close`.
  func run() {
    while stopSign.deadline == nil { round(milliseconds: 1000) }
    listener.removeFile()
    stopSign.obey()
  }

  /// For the end of the process, from the main thread.
  func close() { _ = stopSign.stop(until: Clock.boot() + 500_000_000) }

  /// Serves each peer once, and takes new ones between: a disk that is slow for all who are in must
  /// not let the queue run over for those who are not.
  func round(milliseconds: Int32) {
    heartbeat.beat()
    listenAgain()
    desk.settle()
    let pause = peers.contains { $0?.hasLine ?? false } ? 0 : milliseconds
    guard let ready = try? poller.wait(timeoutMilliseconds: pause) else { return }
    var isDue = peers.map { $0?.hasLine ?? false }
    var accepts = false
    for event in ready {
      switch event.token {
      case Self.listenerToken: accepts = true
      case Self.wakeupToken: wakeup.clear()
      default: isDue[Int(event.token)] = true
      }
    }
    for place in peers.indices where isDue[place] {
      serve(place)
      accept()
    }
    let now = Clock.boot()
    for place in peers.indices where peers[place]?.isIdle(at: now) ?? false { drop(place) }
    if accepts { accept() }
    bindAgain(at: now)
    for text in logMeter.summaries(at: now) { Log.write(.warning, text) }
  }

  private func serve(_ place: Int) {
    guard let peer = peers[place] else { return }
    let count = peers.count { $0 != nil }
    peer.serve(at: Clock.boot()) { desk.answer($0, from: peer.identity, peers: count) }
    guard peer.state == .open else { return drop(place) }
    let interest: PollInterest = peer.waitsForReader ? .writable : .readable
    try? poller.modify(peer.descriptor.raw, token: UInt64(place), interest: interest)
  }

  private func drop(_ place: Int) {
    guard let peer = peers[place] else { return }
    poller.remove(peer.descriptor.raw)
    peers[place] = nil
  }

  // MARK: new peers

  /// Takes all that wait: whoever connects all the time must not keep the others in the queue.
  private func accept() {
    guard retryAt == nil else { return }
    let now = Clock.boot()
    do throws(SystemError) {
      for _ in 0..<ControlLimits.acceptsAtOnce {
        guard let descriptor = try listener.accept() else { break }
        admit(descriptor, at: now)
      }
    } catch {
      // Most likely there is no descriptor left.
      Log.write(.error, "\(listener.path): \(error.message)")
      poller.remove(listener.descriptor.raw)
      retryAt = now + 1_000_000_000
    }
  }

  /// A cleaner of temporary files may have taken the socket's file away: looks once a second.
  private func bindAgain(at now: Int64) {
    guard now >= nextLook else { return }
    nextLook = now + 1_000_000_000
    guard !listener.hasFile, let again = try? listener.openAgain(),
      (try? poller.add(again.descriptor.raw, token: Self.listenerToken, interest: .readable))
        != nil
    else { return }
    if retryAt == nil { poller.remove(listener.descriptor.raw) }
    retryAt = nil
    listener = again
    Log.write(.warning, "\(again.path): the file was removed; it is bound again")
  }

  private func listenAgain() {
    guard let due = retryAt, Clock.boot() >= due else { return }
    let raw = listener.descriptor.raw
    guard (try? poller.add(raw, token: Self.listenerToken, interest: .readable)) != nil else {
      return
    }
    retryAt = nil
  }

  private func admit(_ descriptor: Descriptor, at now: Int64) {
    guard let credentials = PeerCredentials(of: descriptor) else { return }
    guard meter.admits(credentials.user, at: now) else {
      if logMeter.admits("connections", of: listener.path, at: now) {
        Log.write(
          .warning,
          "\(listener.path): user \(credentials.user) connects too often and is hung up on; it has "
            + "to keep its connection")
      }
      return
    }
    guard let place = place(for: credentials.user) else { return Self.turnAway(descriptor) }
    let identity = policy.identify(
      credentials, readAccounts(), program: credentials.processName)
    let peer = ControlPeer(descriptor, identity, at: now)
    guard (try? poller.add(descriptor.raw, token: UInt64(place), interest: .readable)) != nil else {
      return
    }
    peers[place] = peer
  }

  private func place(for user: UInt32) -> Int? {
    let users = peers.compactMap { $0?.identity.user }
    return Self.hasPlace(user, among: users, own: geteuid())
      ? peers.firstIndex { $0 == nil } : nil
  }

  /// - Parameters:
  ///   - users: those of the peers that are in.
  ///   - own: the agent's user.
  static func hasPlace(_ user: UInt32, among users: [UInt32], own: UInt32) -> Bool {
    let isReserved = user == 0 || user == own
    let most = ControlLimits.peersMax + (isReserved ? ControlLimits.reservedPeersMax : 0)
    return users.count < most
      && users.count { $0 == user } < ControlLimits.peersOfUserMax
  }

  private static func turnAway(_ descriptor: Descriptor) {
    _ = ControlAnswer.refused(.busy).bytes.withUnsafeBytes { try? descriptor.write($0) }
  }
}
