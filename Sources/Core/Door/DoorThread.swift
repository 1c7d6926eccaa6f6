import CPlatform
import Store
import System

/// The socket at which sync, and the commands about the outbox, ask for records. The core alone has
/// the file: a process that somebody has taken over can read records here and say that they are
/// sent, and nothing else.
///
/// It has a thread of its own, which hands each request to the outbox thread. No thread that
/// matters waits for it.
final class DoorThread: @unchecked Sendable {
  let heartbeat = Heartbeat()
  private var listener: UnixListener
  private let queue: DoorQueue
  private let poller: Poller
  private let readAccounts: @Sendable () -> Accounts
  private var peers: [DoorPeer?]
  private var lastNumber: UInt64 = 0
  /// When it looks after its file again.
  private var nextLook: Int64 = 0
  private let stopSign: StopSign

  private static let listenerToken = UInt64.max
  private static let wakeupToken = UInt64.max - 1

  /// - Parameter path: of the socket, in a folder that is there.
  /// - Throws: what no later try can mend: the socket cannot be made.
  init(
    _ path: String, queue: DoorQueue,
    accounts: @escaping @Sendable () -> Accounts = { Accounts.read() }
  ) throws(SocketError) {
    (self.queue, readAccounts) = (queue, accounts)
    stopSign = StopSign(queue.answered)
    peers = Array(repeating: nil, count: DoorLimits.peersMax)
    // Anybody may connect who gets into the folder. Whether the process is answered, its user
    // decides.
    listener = try UnixListener.open(path: path, mode: 0o666, backlog: DoorLimits.backlog)
    do throws(SystemError) {
      poller = try Poller(eventsMax: peers.count + 2)
      try poller.add(listener.descriptor.raw, token: Self.listenerToken, interest: .readable)
      try poller.add(queue.answered.descriptor, token: Self.wakeupToken, interest: .readable)
    } catch {
      throw .system(path: path, error)
    }
  }

  /// Its peers, with a request and an answer each, and what is on the way.
  static let byteCount =
    DoorLimits.peersMax * (DoorMessage.answerBytesMax + 2 * DoorMessage.requestBytesMax)

  /// The thread's body, until `close`.
  func run() {
    var pause: Int32 = 0
    while stopSign.deadline == nil { pause = round(milliseconds: pause) }
    listener.removeFile()
    stopSign.obey()
  }

  /// For the end of the process, from the main thread.
  func close() { _ = stopSign.stop(until: Clock.boot() + 500_000_000) }

  /// Serves each peer once.
  ///
  /// - Returns: how long the next round may wait.
  func round(milliseconds: Int32) -> Int32 {
    heartbeat.beat()
    guard let ready = try? poller.wait(timeoutMilliseconds: milliseconds) else { return 1000 }
    var isDue = peers.map { $0?.hasRequest ?? false }
    for event in ready {
      switch event.token {
      case Self.listenerToken: accept()
      case Self.wakeupToken: queue.answered.clear()
      default:
        isDue[Int(event.token)] = true
        if event.isHangUp { peers[Int(event.token)]?.hangUp() }
      }
    }
    let now = Clock.boot()
    handOut(at: now)
    var pause: Int32 = 1000
    for place in peers.indices {
      guard let peer = peers[place] else { continue }
      if isDue[place], !serve(peer, at: now) { pause = DoorLimits.pauseMilliseconds }
      settle(place, at: now)
    }
    if pause == 1000, peers.contains(where: { $0?.hasRequest ?? false }) { pause = 0 }
    bindAgain(at: now)
    return pause
  }

  private func serve(_ peer: DoorPeer, at now: Int64) -> Bool {
    peer.serve(at: now) { request in
      guard queue.put(request, number: lastNumber + 1) else { return nil }
      lastNumber += 1
      return lastNumber
    }
  }

  /// Answers to peers that have gone meanwhile go nowhere.
  private func handOut(at now: Int64) {
    while let (number, bytes) = queue.takeAnswer() {
      peers.first { $0?.state == .asking(number) }??.answer(bytes, at: now)
    }
    if queue.takeBell() { for peer in peers { peer?.ring() } }
  }

  private func settle(_ place: Int, at now: Int64) {
    guard let peer = peers[place] else { return }
    guard peer.state != .gone, !peer.isIdle(at: now) else {
      poller.remove(peer.descriptor.raw)
      peers[place] = nil
      return
    }
    try? poller.modify(peer.descriptor.raw, token: UInt64(place), interest: peer.interest)
  }

  // MARK: new peers

  private func accept() {
    for _ in 0..<Int(DoorLimits.backlog) {
      // Without a descriptor left the connection stays in the queue.
      guard let descriptor = try? listener.accept() else { return }
      guard let place = peers.firstIndex(where: { $0 == nil }), isAdmitted(descriptor),
        (try? poller.add(descriptor.raw, token: UInt64(place), interest: .readable)) != nil
      else { continue }
      peers[place] = DoorPeer(descriptor, at: Clock.boot())
    }
  }

  private func isAdmitted(_ descriptor: Descriptor) -> Bool {
    guard let credentials = PeerCredentials(of: descriptor) else { return false }
    if credentials.user == 0 || credentials.user == geteuid() { return true }
    return readAccounts().userName(credentials.user).map {
      $0.utf8.elementsEqual(DoorLimits.user.utf8)
    } ?? false
  }

  /// A cleaner of temporary files may have taken the socket's file away: looks once a second.
  private func bindAgain(at now: Int64) {
    guard now >= nextLook else { return }
    nextLook = now + 1_000_000_000
    guard !listener.hasFile, let again = try? listener.openAgain(),
      (try? poller.add(again.descriptor.raw, token: Self.listenerToken, interest: .readable)) != nil
    else { return }
    poller.remove(listener.descriptor.raw)
    listener = again
    Log.write(.warning, "\(again.path): the file was removed; it is bound again")
  }
}
