import CPlatform

/// A copy of this process that does one thing and reports the result through a pipe. Only a process
/// with one thread may fork it, because then the child may call everything. The child ends when its
/// parent ends.
package final class ForkedChild {
  private var answer: Descriptor?
  private let identifier: pid_t

  /// - Parameter body: runs only in the child, which ends after it.
  /// - Throws: the error of `pipe` or `fork`.
  package init(_ body: (_ answer: Descriptor) -> Void) throws(SystemError) {
    let pipe = try Pipe()
    let child = cp_fork()
    guard child >= 0 else { throw .last(.fork) }
    if child == 0 {
      // No child stays behind, even if the parent is killed.
      _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
      // Its own copy of the reading end would keep the pipe open when the parent has let go of it.
      _ = close(pipe.reading.raw)
      body(pipe.writing)
      _exit(0)
    }
    (answer, identifier) = (pipe.reading, child)
  }

  /// Reads the child's answer. The answer ends at the latest when the child ends.
  package var descriptor: Int32 { answer!.raw }

  /// Call it once, as the last call. It closes the pipe before it waits for the child: a child that
  /// has more to write than the parent has read would wait as well.
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
