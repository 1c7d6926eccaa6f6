import CPlatform

/// A child process that was started and whose end is not known yet. Every wait has a limit: a
/// program may leave its process group, ignore signals, stop itself, or hang in a driver where not
/// even SIGKILL reaches it.
///
/// Used by one thread at a time. A handle that is let go of before the end is known leaves the
/// child to `ChildReaper`.
package final class RunningChild {
  package let identifier: pid_t
  /// Readable once the child has ended; nil where the Linux kernel has no pidfd (before 5.3) or the
  /// service may not ask for one. Then the owner looks every few milliseconds.
  package let descriptor: Descriptor?
  private var status: Int32?

  /// The kernel ends a killed process in microseconds, unless it hangs in a driver.
  package static let killNanoseconds: Int64 = 1_000_000_000
  private static let lookNanoseconds: Int64 = 5_000_000

  /// Takes over a child of this process, which nobody else waits for.
  ///
  /// - Parameter hasDescriptor: tests ask for none, as on an old Linux kernel.
  package init(identifier: pid_t, hasDescriptor: Bool = true) {
    self.identifier = identifier
    let raw = hasDescriptor ? cp_pidfd_open(identifier) : -1
    descriptor = raw >= 0 ? Descriptor(owning: raw) : nil
  }

  deinit {
    if waitStatus() == nil { ChildReaper.shared.take(identifier) }
  }

  /// The wait status if the child has ended. Never waits.
  package func waitStatus() -> Int32? {
    if let status { return status }
    var found: Int32 = 0
    let ended = uninterrupted { waitpid(identifier, &found, WNOHANG) }
    // ECHILD: somebody else has waited for it, so that nobody will ever know more.
    guard ended == identifier || ended < 0 else { return nil }
    status = found
    return found
  }

  /// Waits for the end, at most so long.
  ///
  /// - Returns: the wait status; nil when the child has not ended by then.
  package func waitStatus(withinNanoseconds limit: Int64) -> Int32? {
    let deadline = Clock.boot() + max(limit, 0)
    while true {
      if let status = waitStatus() { return status }
      let left = deadline - Clock.boot()
      guard left > 0 else { return nil }
      var wait = Wait()
      wait.add(descriptor?.raw ?? -1)
      _ = try? wait.run(nanoseconds: descriptor == nil ? min(left, Self.lookNanoseconds) : left)
    }
  }

  /// What became of it, if it has ended. Never waits.
  package func outcome() -> ChildProcess.Outcome? { waitStatus().map { .init(waitStatus: $0) } }

  /// Waits for its end, and kills it after that time.
  package func outcome(limitNanoseconds: Int64) -> ChildProcess.Outcome {
    if let status = waitStatus(withinNanoseconds: limitNanoseconds) {
      return .init(waitStatus: status)
    }
    kill()
    _ = waitStatus(withinNanoseconds: Self.killNanoseconds)
    return .timedOut
  }

  /// Kills the child and what it started: its process group, and the process itself, which may have
  /// left that group. Its number cannot be another's, because nobody has waited for it yet.
  package func kill() {
    guard waitStatus() == nil else { return }
    _ = CPlatform.kill(-identifier, SIGKILL)
    _ = CPlatform.kill(identifier, SIGKILL)
  }
}

extension ChildProcess.Outcome {
  package init(waitStatus: Int32) {
    self =
      cp_exited(waitStatus) != 0
      ? .exited(status: cp_exit_status(waitStatus))
      : .killedBy(signal: cp_term_signal(waitStatus))
  }
}
