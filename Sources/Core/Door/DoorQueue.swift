import Store
import Synchronization
import System

/// The way of requests from the door's thread to the outbox thread, and of answers back.
package final class DoorQueue: @unchecked Sendable {
  private let requests = Ring<(UInt64, DoorRequest)>(capacity: DoorLimits.requestsMax)
  private let answers = Ring<(UInt64, [UInt8])>(capacity: DoorLimits.requestsMax)
  /// To the models' thread, one at a time, and its answers.
  private let wishes = Ring<(UInt64, DoorWish)>(capacity: DoorLimits.wishesMax)
  private let verdicts = Ring<(UInt64, [UInt8])>(capacity: DoorLimits.wishesMax)
  private let hasRung = Atomic<Bool>(false)
  /// Wakes the outbox thread; nil without an outbox.
  private let asked: Wakeup?
  /// Wakes the models' thread; nil where it adopts nothing from outside.
  private let wished: Wakeup?
  /// Of the door's thread alone: a peer has one request under way.
  private var refused: [(UInt64, [UInt8])] = []
  /// Wakes the door's thread.
  let answered = Wakeup()

  /// - Parameters:
  ///   - wakeup: what the outbox thread waits for; nil without an outbox.
  ///   - models: what the models' thread waits for; nil where it adopts nothing from outside.
  init(_ wakeup: Wakeup?, models: Wakeup? = nil) { (asked, wished) = (wakeup, models) }

  // MARK: the door's side

  /// - Returns: false when too many requests are under way.
  func put(_ request: DoorRequest, number: UInt64) -> Bool {
    if case .adopt(let wish) = request {
      guard let wished else { return answerAtOnce(number) }
      guard wishes.put((number, wish)) else { return false }
      wished.wake()
      return true
    }
    guard let asked else { return answerAtOnce(number) }
    guard requests.put((number, request)) else { return false }
    asked.wake()
    return true
  }

  /// There is nobody who could do it.
  private func answerAtOnce(_ number: UInt64) -> Bool {
    refused.append((number, DoorMessage.bytes(.failed(.empty))))
    answered.wake()
    return true
  }

  func takeAnswer() -> (UInt64, [UInt8])? { refused.popLast() ?? answers.take() ?? verdicts.take() }

  /// Whether an alert came into the outbox since the last call.
  func takeBell() -> Bool { hasRung.exchange(false, ordering: .acquiringAndReleasing) }

  // MARK: the outbox thread's side

  func takeRequest() -> (UInt64, DoorRequest)? { requests.take() }

  /// There is room: a peer has one request under way.
  func put(_ answer: DoorAnswer, number: UInt64) {
    _ = answers.put((number, DoorMessage.bytes(answer)))
    answered.wake()
  }

  // MARK: the models' thread's side

  func takeWish() -> (UInt64, DoorWish)? { wishes.take() }

  /// - Parameter verdict: in the form of `AdoptionAnswer`.
  func put(verdict: [UInt8], number: UInt64) {
    _ = verdicts.put((number, DoorMessage.bytes(.adopted(verdict))))
    answered.wake()
  }

  // MARK: the outbox thread's side

  /// An alert is in the outbox now.
  func ring() {
    hasRung.store(true, ordering: .releasing)
    answered.wake()
  }
}
