import Synchronization
import System

/// A transition, and where it left its alert.
struct KeptTransition: BitwiseCopyable, Sendable {
  var event: AlertEvent
  var state: AlertMachine.State
}

/// What the control thread asks to have on the disk.
enum KeeperRequest: Sendable {
  /// Acts and what the audit says of them; answered.
  case acts([StoredAct])
  /// A level that a person set, or the end of one; answered.
  case levels(AlertRecord)
  /// Not answered.
  case settled(act: UInt64, isDone: Bool)
  case audit(ActAudit)
}

/// Whether it is on the disk.
struct KeeperAnswer: Sendable {
  let request: UInt64
  /// The numbers of acts. Nil: nothing was written, and `fault` says why.
  let numbers: [UInt64]?
  let fault: String
}

/// The ways to the thread that writes the alerts' files: transitions from the hot thread, requests
/// from the control thread, answers back to that one.
final class KeeperQueue: @unchecked Sendable {
  private let transitions = Ring<KeptTransition>(capacity: AlertKeepingLimits.transitionsMax)
  private let requests = Ring<(UInt64, KeeperRequest)>(capacity: AlertKeepingLimits.requestsMax)
  private let answers = Ring<KeeperAnswer>(capacity: AlertKeepingLimits.requestsMax)
  private let refused = Atomic<Int64>(0)
  let wakeup = Wakeup()
  /// Wakes the control thread.
  let answered = Wakeup()

  static let byteCount =
    Ring<KeptTransition>.byteCount(AlertKeepingLimits.transitionsMax)
    + Ring<(UInt64, KeeperRequest)>.byteCount(AlertKeepingLimits.requestsMax)
    + Ring<KeeperAnswer>.byteCount(AlertKeepingLimits.requestsMax)

  /// Hot: from the hot thread. A full ring loses the transition and not the alert: the keeper then
  /// takes what stands from the board.
  func put(_ transition: KeptTransition) {
    if !transitions.put(transition) { refused.add(1, ordering: .relaxed) }
    wakeup.wake()
  }

  // MARK: the control thread's side

  func put(_ request: KeeperRequest, number: UInt64) -> Bool {
    guard requests.put((number, request)) else { return false }
    wakeup.wake()
    return true
  }

  func takeAnswer() -> KeeperAnswer? { answers.take() }

  // MARK: the keeper's side

  func takeTransition() -> KeptTransition? { transitions.take() }
  func takeRequest() -> (UInt64, KeeperRequest)? { requests.take() }

  /// The control thread may have given up the wait; then nobody takes the answer, and the ring may
  /// be full of old ones.
  func put(_ answer: KeeperAnswer) {
    _ = answers.put(answer)
    answered.wake()
  }

  /// Transitions that were lost since the last call.
  func takeLosses() -> Int64 { refused.exchange(0, ordering: .relaxed) }
}
