import Store
import Synchronization
import System

/// The way of requests from the door's thread to the outbox thread, and of answers back.
package final class DoorQueue: @unchecked Sendable {
  private let requests = Ring<(UInt64, DoorRequest)>(capacity: DoorLimits.requestsMax)
  private let answers = Ring<(UInt64, [UInt8])>(capacity: DoorLimits.requestsMax)
  private let hasRung = Atomic<Bool>(false)
  /// Wakes the outbox thread.
  private let asked: Wakeup
  /// Wakes the door's thread.
  let answered = Wakeup()

  /// - Parameter wakeup: what the outbox thread waits for.
  init(_ wakeup: Wakeup) { asked = wakeup }

  // MARK: the door's side

  /// - Returns: false when too many requests are under way.
  func put(_ request: DoorRequest, number: UInt64) -> Bool {
    guard requests.put((number, request)) else { return false }
    asked.wake()
    return true
  }

  func takeAnswer() -> (UInt64, [UInt8])? { answers.take() }

  /// Whether an alert came into the outbox since the last call.
  func takeBell() -> Bool { hasRung.exchange(false, ordering: .acquiringAndReleasing) }

  // MARK: the outbox thread's side

  func takeRequest() -> (UInt64, DoorRequest)? { requests.take() }

  /// There is room: a peer has one request under way.
  func put(_ answer: DoorAnswer, number: UInt64) {
    _ = answers.put((number, DoorMessage.bytes(answer)))
    answered.wake()
  }

  /// An alert is in the outbox now.
  func ring() {
    hasRung.store(true, ordering: .releasing)
    answered.wake()
  }
}
