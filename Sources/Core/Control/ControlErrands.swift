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

  private let keepNanoseconds: Int64

  /// Acts whose answer did not come in time. If they are written down later after all, they are
  /// settled as it was told to the person.
  private var late: [(request: UInt64, isDone: Bool)] = []
  private var doubts = LevelDoubts()
  /// Orders whose answer did not come in time, and the numbers of their acts.
  private var open: [(order: UInt64, act: UInt64)] = []

  init(
    queue: ControlQueue, keeper: KeeperQueue, heartbeat: Heartbeat,
    keepMilliseconds: Int64 = ControlLimits.keepMilliseconds
  ) {
    (self.queue, self.keeper, self.heartbeat) = (queue, keeper, heartbeat)
    keepNanoseconds = keepMilliseconds * 1_000_000
  }

  /// - Parameters:
  ///   - acts: with the alert of each; -1 is all.
  ///   - isLoud: the acts are done also where they cannot be written down.
  func run(
    _ acts: [StoredAct], of alerts: [Int], person: PersonName, isLoud: Bool
  ) throws(ControlRefusal) -> Result {
    var (numbers, fault) = ([UInt64](), "")
    do throws(ControlRefusal) {
      numbers = try keep(acts, isDone: isLoud)
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

  /// - Parameter told: what people were told of the condition's levels last. If the disk does not
  ///   answer in time, that holds, whatever the disk does later.
  func keep(
    _ levels: AlertRecord, of condition: String, told: AlertRecord
  ) throws(ControlRefusal) {
    let number = try send(.levels(levels))
    doubts.sent(number, of: condition, told: told)
    guard let answer = answer(to: number) else {
      doubts.gaveUp(number)
      throw .notKept(fault: Self.tooLate)
    }
    settle(answer)
    if answer.numbers == nil { throw .notKept(fault: answer.fault) }
  }

  /// Nobody waits for it. A full ring means a disk that takes nothing.
  func audit(_ act: ActAudit) {
    if put(.audit(act)) == nil { Log.write(.warning, act.line + "; not in the audit") }
  }

  /// Takes the answers that came too late.
  func settleLate() {
    while let answer = keeper.takeAnswer() { settle(answer) }
    while let answer = queue.takeAnswer() { close(answer) }
    doubts.mend(at: Clock.boot()) { put(.levels($0)) }
  }

  // MARK: the keeper

  private static let tooLate = "the disk did not answer in time"

  private func keep(_ acts: [StoredAct], isDone: Bool) throws(ControlRefusal) -> [UInt64] {
    let number = try send(.acts(acts))
    guard let answer = answer(to: number) else {
      if late.count >= AlertKeepingLimits.requestsMax { late.removeFirst() }
      late.append((number, isDone))
      throw .notKept(fault: Self.tooLate)
    }
    guard let numbers = answer.numbers else { throw .notKept(fault: answer.fault) }
    return numbers
  }

  private func send(_ request: KeeperRequest) throws(ControlRefusal) -> UInt64 {
    guard let number = put(request) else { throw .notKept(fault: "the disk is busy") }
    return number
  }

  /// - Returns: the request's number; nil where the keeper has no room.
  private func put(_ request: KeeperRequest) -> UInt64? {
    guard keeper.put(request, number: nextRequest) else { return nil }
    defer { nextRequest += 1 }
    return nextRequest
  }

  /// - Returns: nil when it does not come in time.
  private func answer(to number: UInt64) -> KeeperAnswer? {
    let deadline = Clock.boot() + keepNanoseconds
    while true {
      while let answer = keeper.takeAnswer() {
        if answer.request == number { return answer }
        settle(answer)
      }
      guard wait(keeper.answered, until: deadline) else { return nil }
    }
  }

  private func settle(_ act: UInt64, isDone: Bool) {
    // Where this is lost, the transition in the file says the same, or the next start applies the
    // act once more, which changes nothing.
    _ = put(.settled(act: act, isDone: isDone))
  }

  private func settle(_ answer: KeeperAnswer) {
    doubts.answered(answer.request, isWritten: answer.numbers != nil, at: Clock.boot())
    guard let place = late.firstIndex(where: { $0.request == answer.request }) else { return }
    let request = late.remove(at: place)
    for number in answer.numbers ?? [] { settle(number, isDone: request.isDone) }
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
