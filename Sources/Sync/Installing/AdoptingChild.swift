import CPlatform
import Models
import System
import Trust

/// Adopts bundles in a child process, for sync. The agent needs memory to load and run a stranger's
/// model, and the Linux kernel gets this memory back when the child ends. If a model crashes the
/// loader, only the child ends.
///
/// The process that forks the child must have one thread. Then the child may call everything.
final class AdoptingChild: BundleAdopter {
  /// The longest time of a verification: ten times as long as the slowest golden vectors should
  /// take on a board.
  private static let verifyMilliseconds: Int64 = 600_000

  private let models: String
  private let trust: String?
  private let time: TrustedTime
  private let cancelDescriptor: Int32?
  private let interlude: (any Interlude)?

  /// - Parameters:
  ///   - trust: the folder of keys; nil where nothing is verified.
  ///   - cancelDescriptor: the caller keeps it. When it becomes readable, the parent ends the
  ///     child.
  ///   - interlude: does a step about once a second until the child has answered.
  init(
    models: String, trust: String?, time: TrustedTime, cancelDescriptor: Int32?,
    interlude: (any Interlude)?
  ) {
    (self.models, self.trust, self.time) = (models, trust, time)
    (self.cancelDescriptor, self.interlude) = (cancelDescriptor, interlude)
  }

  /// Waits for the child, ten minutes at most.
  @export(interface)
  func adopt(_ adoption: Adoption) -> AdoptionVerdict {
    let child: ForkedChild
    do throws(SystemError) {
      child = try ForkedChild { answer in run(adoption, answerTo: answer) }
    } catch {
      return .postponed(
        error.call == .pipe ? .noPipe(code: error.code) : .noProcess(code: error.code))
    }
    let (answer, ending) = listen(child.descriptor)
    let status = child.end(killing: ending != .answered)
    switch ending {
    case .cancelled: return .cancelled
    case .late: return .refused(.late(seconds: Self.verifyMilliseconds / 1000))
    case .answered:
      // The status is nil when the child answered, and then did not end because it hangs in the
      // Linux kernel.
      return verdict(answer, signal: status.map { cp_term_signal($0) } ?? SIGKILL)
    }
  }

  // MARK: the child

  private func run(_ adoption: Adoption, answerTo pipe: Descriptor) {
    let answer = AdoptionAnswer.bytes(work(adoption))
    // One write is enough, because the answer fits the pipe.
    _ = answer.withUnsafeBytes { try? pipe.write($0) }
  }

  private func work(_ adoption: Adoption) -> AdoptionVerdict {
    do throws(TrustError) {
      let store = try trust.map { (folder) throws(TrustError) in try TrustedKeys(folder: folder) }
      // Sync comes again in the next round.
      return AdoptingHere(models: models, trust: store, time: time, waitNanoseconds: 0)
        .adopt(adoption)
    } catch {
      // The board's keys are at fault, so this says nothing about the bundle.
      return .postponed(.found(error.lines))
    }
  }

  // MARK: the parent

  private enum Ending { case answered, late, cancelled }

  private func listen(_ pipe: Int32) -> (answer: [UInt8], Ending) {
    let deadline = Clock.boot() + Self.verifyMilliseconds * 1_000_000
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - Clock.boot()) / 1_000_000
      guard left > 0 else { return (answer, .late) }
      interlude?.step()
      var wait = Wait()
      let word = wait.add(pipe)
      let end = wait.add(cancelDescriptor ?? -1)
      _ = try? wait.run(nanoseconds: min(left, 1000) * 1_000_000)
      if wait.isReady(end) { return (answer, .cancelled) }
      guard wait.isReady(word) else { continue }
      let count = uninterrupted { read(pipe, &chunk, chunk.count) }
      guard count > 0, answer.count <= AdoptionAnswer.bytesMax else { return (answer, .answered) }
      answer += chunk[..<count]
    }
  }

  private func verdict(_ answer: [UInt8], signal: Int32) -> AdoptionVerdict {
    // The Linux kernel ends processes by SIGKILL when memory is short. Later there may be enough.
    if signal == SIGKILL { return .postponed(.killed) }
    if signal != 0 { return .refused(.crashed(signal: signal)) }
    return AdoptionAnswer.verdict(answer) ?? .postponed(.silent)
  }
}
