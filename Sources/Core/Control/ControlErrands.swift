import System

/// The control thread's ways to the disk and to the hot thread, with bounded waits. First the act
/// is written down, then it is ordered, then its outcome is noted.
final class ControlErrands {
  struct Result {
    /// One for each act, in their order.
    var outcomes: [OrderAnswer]
    /// Why the acts were not written down; empty where they were.
    var fault: String
  }

  private let queue: ControlQueue
  private let keeper: KeeperQueue
  private let heartbeat: Heartbeat
  private var nextRequest: UInt64 = 1
  private var nextOrder: UInt64 = 1

  /// Requests whose answer did not come in time. If they are written down later after all, the act
  /// is settled as it was told to the person, and a level is taken back.
  private struct LateRequest {
    let number: UInt64
    let isDone: Bool
    let undo: AlertRecord?
  }
  private var late: [LateRequest] = []
  /// Orders whose answer did not come in time, and the numbers of their acts.
  private var open: [(order: UInt64, act: UInt64)] = []

  init(queue: ControlQueue, keeper: KeeperQueue, heartbeat: Heartbeat) {
    (self.queue, self.keeper, self.heartbeat) = (queue, keeper, heartbeat)
  }

  /// - Parameters:
  ///   - acts: with the alert of each; -1 is all.
  ///   - isLoud: the acts are done also where they cannot be written down.
  func run(
    _ acts: [StoredAct], of alerts: [Int], person: PersonName, isLoud: Bool
  ) throws(ControlRefusal) -> Result {
    var (numbers, fault) = ([UInt64](), "")
    do throws(ControlRefusal) {
      numbers = try keep(.acts(acts), isDone: isLoud, undo: nil)
    } catch {
      guard isLoud, case .notKept(let why) = error else { throw error }
      fault = why
    }
    let orders = acts.indices.map { place in
      NumberedOrder(
        number: nextOrder + UInt64(place),
        order: AlertOrder(
          alert: alerts[place], kind: .act(acts[place].kind), person: person, at: acts[place].at))
    }
    nextOrder += UInt64(orders.count)
    for (place, order) in orders.enumerated() where !queue.put(order) {
      // Those before are on their way; this one and those after will not be done.
      for number in numbers.dropFirst(place) { settle(number, isDone: false) }
      queue.wakeHot()
      throw .busy
    }
    queue.wakeHot()
    return Result(outcomes: try wait(for: orders, numbers), fault: fault)
  }

  private func wait(
    for orders: [NumberedOrder], _ acts: [UInt64]
  ) throws(ControlRefusal) -> [OrderAnswer] {
    var answers: [OrderAnswer] = []
    let deadline = Clock.boot() + ControlLimits.hotMilliseconds * 1_000_000
    open += orders.indices.filter { $0 < acts.count }.map { (orders[$0].number, acts[$0]) }
    if open.count > AlertKeepingLimits.actsMax {
      open.removeFirst(open.count - AlertKeepingLimits.actsMax)
    }
    while true {
      while let answer = queue.takeAnswer() {
        close(answer)
        if orders.contains(where: { $0.number == answer.number }) { answers.append(answer) }
      }
      if answers.count == orders.count { return answers }
      guard wait(queue.answered, until: deadline) else { throw .hotThreadSilent }
    }
  }

  private func close(_ answer: OrderAnswer) {
    guard let place = open.firstIndex(where: { $0.order == answer.number }) else { return }
    settle(open.remove(at: place).act, isDone: answer.answer.refusal == nil)
  }

  /// An order about levels, which are kept already.
  func order(_ kind: AlertOrder.Kind, of alert: Int, person: PersonName) throws(ControlRefusal) {
    let order = AlertOrder(alert: alert, kind: kind, person: person, at: Clock.boot())
    let numbered = NumberedOrder(number: nextOrder, order: order)
    nextOrder += 1
    guard queue.put(numbered) else { throw .hotThreadSilent }
    queue.wakeHot()
    _ = try wait(for: [numbered], [])
  }

  func keep(_ levels: AlertRecord, undo: AlertRecord) throws(ControlRefusal) {
    _ = try keep(.levels(levels), isDone: false, undo: undo)
  }

  /// Nobody waits for it. A full ring means a disk that takes nothing.
  func audit(_ act: ActAudit) {
    if !send(.audit(act)) { Log.write(.warning, act.line + "; not in the audit") }
  }

  /// Takes the answers that came too late.
  func settleLate() {
    while let answer = keeper.takeAnswer() { settle(late: answer) }
    while let answer = queue.takeAnswer() { close(answer) }
  }

  // MARK: the keeper

  private func keep(
    _ request: KeeperRequest, isDone: Bool, undo: AlertRecord?
  ) throws(ControlRefusal) -> [UInt64] {
    let number = nextRequest
    let deadline = Clock.boot() + ControlLimits.keepMilliseconds * 1_000_000
    guard send(request) else { throw .notKept(fault: "the disk is busy") }
    while true {
      while let answer = keeper.takeAnswer() {
        guard answer.request == number else {
          settle(late: answer)
          continue
        }
        guard let numbers = answer.numbers else { throw .notKept(fault: answer.fault) }
        return numbers
      }
      guard wait(keeper.answered, until: deadline) else { break }
    }
    if late.count >= AlertKeepingLimits.requestsMax { late.removeFirst() }
    late.append(LateRequest(number: number, isDone: isDone, undo: undo))
    throw .notKept(fault: "the disk did not answer in time")
  }

  private func send(_ request: KeeperRequest) -> Bool {
    guard keeper.put(request, number: nextRequest) else { return false }
    nextRequest += 1
    return true
  }

  private func settle(_ act: UInt64, isDone: Bool) {
    // Where this is lost, the transition in the file says the same, or the next start applies the
    // act once more, which changes nothing.
    _ = send(.settled(act: act, isDone: isDone))
  }

  private func settle(late answer: KeeperAnswer) {
    guard let place = late.firstIndex(where: { $0.number == answer.request }) else { return }
    let request = late.remove(at: place)
    guard let numbers = answer.numbers else { return }
    for number in numbers { settle(number, isDone: request.isDone) }
    if let undo = request.undo { _ = send(.levels(undo)) }
  }

  /// - Returns: false when the time is over.
  private func wait(_ wakeup: Wakeup, until deadline: Int64) -> Bool {
    heartbeat.beat()
    let left = deadline - Clock.boot()
    guard left > 0 else { return false }
    // In short pieces: the watchdog asks after this thread.
    wakeup.wait(milliseconds: Int32(min(left / 1_000_000 + 1, 250)))
    wakeup.clear()
    return true
  }
}
