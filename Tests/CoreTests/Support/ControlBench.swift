import CPlatform
import Synchronization
import System
import Testing
import TestSupport

@testable import Config
@testable import Core
@testable import Text

/// The desk, the keeper and its files, all real, with a stand-in for the hot thread: it knows
/// acknowledgements, resets, shelves and service of its alerts, and no conditions.
final class ControlBench: @unchecked Sendable {
  let folder = TestFolder()
  let configuration: Configuration
  let board: AlertSnapshots
  let queue: ControlQueue
  let keeper: AlertKeeper
  let desk: ControlDesk
  private let hotWakeup: Wakeup
  private let keeps: Bool
  private let isStopping = Atomic<Bool>(false)
  private let running = Atomic<Int>(0)
  /// The stand-in takes no orders.
  let isDeaf = Atomic<Bool>(false)
  /// A test's own thread has ended that called the keeper's rounds.
  let hasRounds = Atomic<Bool>(false)
  let orders = Ring<AlertOrder>(capacity: 256)

  static let anna = PeerIdentity(
    user: 1000, userName: "anna", process: 4711, program: "panel", level: .operate)
  static let manager = PeerIdentity(
    user: 0, userName: "root", process: 1, program: "sh", level: .manage)
  static let guest = PeerIdentity(
    user: 1001, userName: "guest", process: 2, program: "nc", level: .read)

  static func configuration(_ folder: TestFolder) -> Configuration {
    var hot = Make.alert("hot", above: 80)
    hot.test = .level(
      .field(sensor: "boiler", field: "temperature"),
      LevelSettings(kind: .outside, low: 5, high: 80, clearLow: 10, clearHigh: 70))
    return Make.configuration(
      folder, sensors: [], alerts: [Make.alert("fall", above: 0.9), Make.alert("pump"), hot])
  }

  /// - Parameter keeps: the keeper's thread runs.
  init(
    keeps: Bool = true, _ change: (inout Configuration) -> Void = { _ in },
    in given: TestFolder? = nil
  ) {
    var configuration = Self.configuration(given ?? folder)
    change(&configuration)
    let hotWakeup = Wakeup()
    (self.configuration, self.keeps, self.hotWakeup) = (configuration, keeps, hotWakeup)
    board = AlertSnapshots(count: configuration.alerts.count)
    queue = ControlQueue(hotWakeup: hotWakeup)
    keeper = AlertKeeper(configuration, board: board)
    desk = ControlDesk(configuration, board: board, queue: queue, keeper: keeper)
    for (index, saved) in keeper.restored.enumerated() {
      board.write(AlertSnapshot(saved), of: index)
    }
    running.store(keeps ? 2 : 1, ordering: .releasing)
    var hasStarted = Thread.start("hot") { [self] in serve() }
    if keeps { hasStarted = Thread.start("keeper") { [self] in keep() } && hasStarted }
    #expect(hasStarted)
  }

  private func keep() {
    keeper.run()
    running.subtract(1, ordering: .releasing)
  }

  private func serve() {
    while !isStopping.load(ordering: .acquiring) {
      hotWakeup.wait(milliseconds: 50)
      hotWakeup.clear()
      guard !isDeaf.load(ordering: .acquiring) else { continue }
      while let order = queue.takeOrder() { obey(order) }
      queue.wakeControl()
    }
    running.subtract(1, ordering: .releasing)
  }

  /// The threads hold this object: without it they would run for ever.
  func stop() {
    isStopping.store(true, ordering: .releasing)
    if keeps { #expect(keeper.finish()) }
    hotWakeup.wake()
    #expect(eventually { running.load(ordering: .acquiring) == 0 })
  }

  /// A new episode, or the end of one, as the hot thread tells it.
  func set(_ alert: Int, _ transition: AlertTransition, _ phase: AlertPhase, episode: Int64) {
    var now = board.read(alert)!
    (now.state.phase, now.state.episode, now.value, now.level) = (phase, episode, 0.95, 0.9)
    if transition == .raised { (now.state.raisedAt, now.sinceWall) = (Clock.boot(), Clock.wall()) }
    tell(alert, transition, now, PersonName())
  }

  private func tell(
    _ alert: Int, _ transition: AlertTransition, _ now: AlertSnapshot, _ person: PersonName
  ) {
    board.write(now, of: alert)
    let event = AlertEvent(
      alert: alert, transition: transition, phase: now.state.phase, flags: now.state.flags,
      episode: now.state.episode, value: now.value, level: now.level, sample: 1,
      arrival: Clock.boot(), wall: Clock.wall(), latency: 0, person: person)
    keeper.queue.put(KeptTransition(event: event, state: now.state))
  }

  private func obey(_ numbered: NumberedOrder) {
    let order = numbered.order
    _ = orders.put(order)
    guard order.alert >= 0 else { return answer(numbered, .done(.silenced), 0) }
    var now = board.read(order.alert)!
    let transition: AlertTransition
    switch order.kind {
    case .act(.acknowledge(let episode)):
      guard now.state.phase == .unacknowledged, episode == now.state.episode else {
        let isAcknowledged = now.state.phase == .acknowledged
        return answer(
          numbered, .refused(isAcknowledged ? .alreadyAcknowledged : .notStanding),
          now.state.episode)
      }
      (now.state.phase, now.acknowledgedBy) = (.acknowledged, order.person)
      transition = .acknowledged
    case .act(.shelve(let until)):
      guard !now.state.flags.contains(.shelved) else {
        return answer(numbered, .refused(.alreadyShelved), now.state.episode)
      }
      now.state.flags.insert(.shelved)
      (now.state.shelfUntil, transition) = (until, .shelved)
    case .act(.service(let isOut)):
      if isOut {
        now.state.flags.insert(.outOfService)
      } else {
        now.state.flags.remove(.outOfService)
      }
      transition = isOut ? .outOfService : .inService
    default: return answer(numbered, .unchanged, now.state.episode)
    }
    tell(order.alert, transition, now, order.person)
    answer(numbered, .done(transition), now.state.episode)
  }

  private func answer(
    _ order: NumberedOrder, _ answer: AlertAnswer, _ episode: Int64
  ) {
    queue.put(OrderAnswer(number: order.number, answer: answer, episode: episode))
  }

  /// One request, and its answer.
  func ask(_ line: String, as peer: PeerIdentity = anna) throws -> JSONValue {
    let answer = Array(line.utf8).withUnsafeBytes { desk.answer($0, from: peer) }
    #expect(answer.bytes.last == UInt8(ascii: "\n"))
    return try answer.bytes.dropLast().withUnsafeBytes { try JSONValue.parse($0) }
  }

  /// What the audit has.
  func audit() -> [ActAudit] {
    var found: [ActAudit] = []
    AlertHistory.read(folder: keeper.folder, name: AlertHistory.auditName) { _, record in
      if case .audit(let act) = record { found.append(act) }
      return true
    }
    return found
  }
}

extension AlertSnapshot {
  init(_ saved: SavedAlert) {
    self.init()
    (state, sinceWall) = (saved.state, saved.sinceWall)
  }
}
