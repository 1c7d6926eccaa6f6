import Models
import Store
import System

/// Asks the running core to adopt a bundle that is in sync's own staging folder. Where no core
/// runs, this process does it, if it may.
final class AskingCore: BundleAdopter {
  /// As long as a child of this process may verify, and a round of the models' thread.
  private static let answerNanoseconds: Int64 = 660_000_000_000

  private let outbox: String
  private let otherwise: any BundleAdopter
  private let cancelDescriptor: Int32?
  private let interlude: (any Interlude)?

  /// - Parameters:
  ///   - outbox: the path beside which the core's door is.
  ///   - otherwise: adopts where no core runs.
  ///   - cancelDescriptor: when it becomes readable, this waits no longer.
  ///   - interlude: does a step about once a second until the core has answered.
  init(
    outbox: String, otherwise: any BundleAdopter, cancelDescriptor: Int32?,
    interlude: (any Interlude)?
  ) {
    (self.outbox, self.otherwise) = (outbox, otherwise)
    (self.cancelDescriptor, self.interlude) = (cancelDescriptor, interlude)
  }

  @export(interface)
  func adopt(_ adoption: Adoption) -> AdoptionVerdict {
    let wish = DoorWish(
      name: adoption.reference.name, version: adoption.reference.version, isHere: adoption.isHere,
      isChosen: adoption.isChosen, waivesTrial: adoption.trial == .waived)
    guard let asked = DoorAdoption(wish, of: outbox) else { return otherwise.adopt(adoption) }
    let end = Clock.boot() + Self.answerNanoseconds
    while Clock.boot() < end {
      do throws(OutboxError) {
        if let bytes = try asked.takeAnswer() {
          return AdoptionAnswer.verdict(bytes) ?? .postponed(.silent)
        }
      } catch {
        return .postponed(.silent)
      }
      interlude?.step()
      var wait = Wait()
      wait.add(asked.descriptor)
      let cancelled = wait.add(cancelDescriptor ?? -1)
      _ = try? wait.run(nanoseconds: 1_000_000_000)
      if wait.isReady(cancelled) { return .cancelled }
    }
    return .postponed(.silent)
  }
}
