import CPlatform
import System
import Text

/// Adopts bundles in a process of its own, for the sync process: loading and running a stranger's
/// model takes memory that the kernel gets back at the end, and a model that brought the loader down
/// would bring down a child.
///
/// Forked by a process of one thread, so that everything may be called in the child.
final class AdoptingChild: BundleAdopter {
  /// Ten times the slowest golden vectors that a board should bear.
  private static let verifyMilliseconds: Int64 = 600_000

  private let models: String
  private let trust: String
  private let time: TrustedTime
  private let cancelDescriptor: Int32?
  private let interlude: (any Interlude)?

  /// - Parameters:
  ///   - trust: the folder of keys.
  ///   - cancelDescriptor: readable: the child is ended early. Borrowed.
  ///   - interlude: once a second until the child has ended.
  init(
    models: String, trust: String, time: TrustedTime, cancelDescriptor: Int32?,
    interlude: (any Interlude)?
  ) {
    (self.models, self.trust, self.time) = (models, trust, time)
    (self.cancelDescriptor, self.interlude) = (cancelDescriptor, interlude)
  }

  func adopt(_ adoption: Adoption) -> AdoptionVerdict {
    var ends: (Int32, Int32) = (-1, -1)
    let piped = withUnsafeMutablePointer(to: &ends) {
      $0.withMemoryRebound(to: Int32.self, capacity: 2) { pipe2($0, O_CLOEXEC) }
    }
    guard piped == 0 else { return .postponed(.noPipe(code: cp_errno())) }
    let child = cp_fork()
    if child == 0 { run(adoption, answerTo: ends.1) }
    let code = cp_errno()
    close(ends.1)
    guard child > 0 else {
      close(ends.0)
      return .postponed(.noProcess(code: code))
    }
    let (answer, ending) = listen(ends.0)
    // Before it is waited for: a child that has more to say than anybody reads would wait as well.
    close(ends.0)
    if ending != .answered { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && cp_errno() == EINTR {}
    switch ending {
    case .cancelled: return .cancelled
    case .late: return .refused(.late(seconds: Self.verifyMilliseconds / 1000))
    case .answered: return verdict(answer, signal: cp_term_signal(status))
    }
  }

  // MARK: the child

  private func run(_ adoption: Adoption, answerTo pipe: Int32) -> Never {
    // Whatever happens to the parent, nobody stays behind.
    _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
    let answer = AdoptionAnswer.bytes(work(adoption))
    // Whole, since it fits the pipe.
    _ = write(pipe, answer, answer.count)
    _exit(0)
  }

  private func work(_ adoption: Adoption) -> AdoptionVerdict {
    do throws(TrustError) {
      let store = try TrustStore(folder: trust)
      return AdoptingHere(models: models, trust: store, time: time).adopt(adoption)
    } catch {
      let error = InstallError.trust(error)
      return error.isOfTheBundle ? .refused(.found(error.lines)) : .postponed(.found(error.lines))
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
      var files = (
        pollfd(fd: pipe, events: Int16(POLLIN), revents: 0),
        pollfd(fd: cancelDescriptor ?? -1, events: Int16(POLLIN), revents: 0)
      )
      _ = withUnsafeMutableBytes(of: &files) {
        poll($0.bindMemory(to: pollfd.self).baseAddress, 2, Int32(min(left, 1000)))
      }
      if files.1.revents != 0 { return (answer, .cancelled) }
      guard files.0.revents != 0 else { continue }
      let count = read(pipe, &chunk, chunk.count)
      if count < 0 && cp_errno() == EINTR { continue }
      guard count > 0, answer.count <= AdoptionAnswer.bytesMax else { return (answer, .answered) }
      answer += chunk[..<count]
    }
  }

  private func verdict(_ answer: [UInt8], signal: Int32) -> AdoptionVerdict {
    // The kernel ends processes by SIGKILL when memory is short, which another day it is not.
    if signal == SIGKILL { return .postponed(.killed) }
    if signal != 0 { return .refused(.crashed(signal: signal)) }
    return AdoptionAnswer.verdict(answer) ?? .postponed(.silent)
  }
}
