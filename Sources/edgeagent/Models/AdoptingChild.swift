import CPlatform
import System
import Text

/// `Installer.adopt` and `activate` in a process of its own, for the sync process: loading and running a stranger's
/// model takes memory that the kernel gets back at the end, and a model that brought the loader down
/// would bring down a child.
///
/// Forked by a process of one thread, so that everything may be called in the child.
struct AdoptingChild {
  let models: String
  let trust: String
  /// Trusted time, seconds since 1970.
  let now: Int64
  /// Readable: the child is ended early. Borrowed.
  let cancelDescriptor: Int32?
  /// Called once a second until the child has ended; see `HTTPSettings`.
  let meanwhile: (() -> Void)?
  /// The version is installed already, and only to be made the active one.
  let isHere: Bool
  /// See `Installer.adopt`.
  let onTrial: Bool
  /// What people call the bundle that is in staging.
  let place: String

  enum Verdict: Equatable {
    case adopted(Installer.Outcome)
    /// This bundle is of no use on this board, and never will be.
    case refused([String])
    /// Nothing is known of the bundle: the folder is busy, the disk full, a key's file broken.
    case postponed([String])
    case cancelled
  }

  /// A bundle that is whole in staging, or here already.
  func adopt(_ reference: InstallReference) -> Verdict {
    var ends: (Int32, Int32) = (-1, -1)
    let piped = withUnsafeMutablePointer(to: &ends) {
      $0.withMemoryRebound(to: Int32.self, capacity: 2) { pipe2($0, O_CLOEXEC) }
    }
    guard piped == 0 else { return .postponed([SystemText.of(cp_errno())]) }
    let child = cp_fork()
    if child == 0 { run(reference, answerTo: ends.1) }
    let code = cp_errno()
    close(ends.1)
    guard child > 0 else {
      close(ends.0)
      return .postponed(["fork: \(SystemText.of(code))"])
    }
    let (answer, ending) = listen(ends.0)
    // Before it is waited for: a child that has more to say than anybody reads would wait as well.
    close(ends.0)
    if ending != .answered { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && cp_errno() == EINTR {}
    switch ending {
    case .cancelled: return .cancelled
    case .late:
      return .refused([
        "\(reference.text): verifying it took longer than "
          + "\(SyncLimits.verifyMilliseconds / 1000) s on this board"
      ])
    case .answered: return verdict(answer, status, reference)
    }
  }

  // MARK: the child

  private func run(_ reference: InstallReference, answerTo pipe: Int32) -> Never {
    // Whatever happens to the parent, nobody stays behind.
    _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
    let verdict = work(reference)
    let text: String =
      switch verdict {
      case .adopted(.current): "c"
      case .adopted(.activated): "a"
      case .adopted(.installed): "i"
      case .adopted(.proposed): "t"
      case .refused(let lines): "r" + lines.joined(separator: "\n")
      case .postponed(let lines): "p" + lines.joined(separator: "\n")
      case .cancelled: "p"
      }
    Terminal.write(text, to: pipe)
    _exit(0)
  }

  private func work(_ reference: InstallReference) -> Verdict {
    let installer: Installer
    do throws(ModelsError) {
      installer = try Installer(models: models, trust: try store(), now: now)
    } catch {
      return .postponed(error.lines)
    }
    do throws(ModelsError) {
      return .adopted(
        isHere
          ? try installer.activate(reference, onTrial: onTrial)
          : try installer.adopt(reference, onTrial: onTrial))
    } catch {
      let staged = installer.place(reference)
      let lines = error.lines.map { line in
        line.hasPrefix(staged) ? place + line.dropFirst(staged.count) : line
      }
      return error.isOfTheBundle ? .refused(lines) : .postponed(lines)
    }
  }

  private func store() throws(ModelsError) -> TrustStore {
    do throws(TrustError) {
      return try TrustStore(folder: trust)
    } catch {
      throw .trust(error)
    }
  }

  // MARK: the parent

  private enum Ending { case answered, late, cancelled }

  private func listen(_ pipe: Int32) -> (answer: [UInt8], Ending) {
    let deadline = Clock.boot() + SyncLimits.verifyMilliseconds * 1_000_000
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - Clock.boot()) / 1_000_000
      guard left > 0 else { return (answer, .late) }
      meanwhile?()
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
      guard count > 0, answer.count < SyncLimits.verdictBytesMax else { return (answer, .answered) }
      answer += chunk[..<count]
    }
  }

  private func verdict(
    _ answer: [UInt8], _ status: Int32, _ reference: InstallReference
  ) -> Verdict {
    let signal = cp_term_signal(status)
    // The kernel ends processes by SIGKILL when memory is short, which another day it is not.
    if signal == SIGKILL { return .postponed(["\(reference.text): verifying it was ended"]) }
    if signal != 0 {
      return .refused(["\(reference.text): verifying it ended by signal \(signal)"])
    }
    let lines = answer.dropFirst().split(separator: UInt8(ascii: "\n"))
      .map { String(decoding: $0, as: UTF8.self) }
    switch answer.first {
    case UInt8(ascii: "c"): return .adopted(.current)
    case UInt8(ascii: "a"): return .adopted(.activated)
    case UInt8(ascii: "i"): return .adopted(.installed)
    case UInt8(ascii: "t"): return .adopted(.proposed)
    case UInt8(ascii: "r"): return .refused(lines)
    case UInt8(ascii: "p"): return .postponed(lines)
    default: return .postponed(["\(reference.text): verifying it ended without a word"])
    }
  }
}

extension ModelsError {
  /// Whether the bundle itself is to blame, so that trying it again is of no use.
  var isOfTheBundle: Bool {
    switch self {
    case .trust(let error): error.isOfTheBundle
    case .bundle(.file(_, let failure)): !failure.isOfTheBoard
    case .bundle, .versionDiffers, .reserved: true
    // What a trial said is kept where it was said.
    case .file, .registry, .pinned, .noPrevious, .isActive, .triedBefore, .busy: false
    }
  }
}

extension ModelsError {
  /// Whether it may go better when a disk has room again, say: what was fetched stays until then.
  var isOfTheBoard: Bool {
    switch self {
    case .file, .busy: true
    case .trust(.file(_, let failure)), .bundle(.file(_, let failure)): failure.isOfTheBoard
    default: false
    }
  }
}

extension TrustError {
  /// Otherwise the board's own keys are.
  fileprivate var isOfTheBundle: Bool {
    switch self {
    case .strayFile, .unsigned, .signatureFile, .signatureWrong, .notVouched: true
    case .file(_, let failure): !failure.isOfTheBoard
    case .settings, .key, .keyRepeated, .noKeys, .tooManyKeys, .threshold: false
    }
  }
}

extension Files.Failure {
  /// Otherwise what was to be read is missing or too large.
  fileprivate var isOfTheBoard: Bool {
    switch self {
    case .tooLarge: false
    case .system(let code): code != ENOENT && code != EISDIR && code != ELOOP
    }
  }
}
