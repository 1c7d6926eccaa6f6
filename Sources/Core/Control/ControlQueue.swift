import System

/// An order with its number, so that its answer finds it.
struct NumberedOrder: BitwiseCopyable, Sendable {
  /// Of this run, from 1.
  let number: UInt64
  let order: AlertOrder
}

/// What the hot thread says to one order.
struct OrderAnswer: BitwiseCopyable, Sendable {
  let number: UInt64
  let answer: AlertAnswer
  /// The alert's episode after it.
  let episode: Int64
}

/// The ways between the control thread and the hot thread. Neither waits for a place: a full ring
/// refuses.
final class ControlQueue: @unchecked Sendable {
  private let orders = Ring<NumberedOrder>(capacity: ControlLimits.ordersMax)
  private let answers = Ring<OrderAnswer>(capacity: 2 * ControlLimits.ordersMax)
  private let hotWakeup: Wakeup
  /// Wakes the control thread.
  let answered = Wakeup()

  static let byteCount =
    Ring<NumberedOrder>.byteCount(ControlLimits.ordersMax)
    + Ring<OrderAnswer>.byteCount(2 * ControlLimits.ordersMax)

  /// - Parameter hotWakeup: the one for which the hot thread waits in its poller.
  init(hotWakeup: Wakeup) { self.hotWakeup = hotWakeup }

  // MARK: the control thread's side

  func put(_ order: NumberedOrder) -> Bool { orders.put(order) }
  func wakeHot() { hotWakeup.wake() }
  func takeAnswer() -> OrderAnswer? { answers.take() }

  // MARK: the hot thread's side

  /// Hot.
  func takeOrder() -> NumberedOrder? { orders.take() }

  /// Hot. The ring has room for every order twice, and the control thread takes old answers before
  /// it sends new orders; a full ring loses the answer and not the act.
  func put(_ answer: OrderAnswer) { _ = answers.put(answer) }

  /// Hot: one system call, after the last of the answers.
  func wakeControl() { answered.wake() }
}
