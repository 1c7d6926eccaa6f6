import CPlatform

/// A copy of this process that does one thing and says what came of it through a pipe. Forked by a
/// process of one thread, so that everything may be called in the child; it ends with its parent.
package final class ForkedChild {
  private var answer: Descriptor?
  private let identifier: pid_t

  /// - Parameter body: runs in the child alone, which ends after it.
  /// - Throws: `pipe` or `fork`.
  package init(_ body: (_ answer: Descriptor) -> Void) throws(SystemError) {
    let pipe = try Pipe()
    let child = cp_fork()
    guard child >= 0 else { throw .last(.fork) }
    if child == 0 {
      // Whatever happens to the parent, no child stays behind.
      _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
      body(pipe.writing)
      _exit(0)
    }
    (answer, identifier) = (pipe.reading, child)
  }

  /// Where the child's answer comes; its end comes with the child's.
  package var descriptor: Int32 { answer!.raw }

  /// Once, at last. The pipe is closed before the child is waited for: one with more to say than was
  /// read would wait as well.
  ///
  /// - Returns: the wait status.
  package func end(killing: Bool) -> Int32 {
    answer = nil
    if killing { kill(identifier, SIGKILL) }
    return Self.waitForEnd(of: identifier)
  }

  /// - Returns: the wait status of a child, once it has ended.
  package static func waitForEnd(of child: pid_t) -> Int32 {
    var status: Int32 = 0
    _ = uninterrupted { waitpid(child, &status, 0) }
    return status
  }
}
