import CPlatform

/// A copy of this process that does one thing and reports the result through a pipe. Only a process
/// with one thread may fork it, because then the child may call everything. The child ends when its
/// parent ends.
package final class ForkedChild {
  private var answer: Descriptor?
  private let child: RunningChild

  /// - Parameter body: runs only in the child, which ends after it.
  /// - Throws: the error of `pipe` or `fork`.
  package init(_ body: (_ answer: Descriptor) -> Void) throws(SystemError) {
    let pipe = try Pipe()
    let identifier = cp_fork()
    guard identifier >= 0 else { throw .last(.fork) }
    if identifier == 0 {
      // No child stays behind, even if the parent is killed.
      _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
      // Its own copy of the reading end would keep the pipe open when the parent has let go of it.
      _ = close(pipe.reading.raw)
      body(pipe.writing)
      _exit(0)
    }
    (answer, child) = (pipe.reading, RunningChild(identifier: identifier))
  }

  /// Reads the child's answer. The answer ends at the latest when the child ends.
  package var descriptor: Int32 { answer!.raw }

  /// A child that has answered has nothing left to do.
  private static let endNanoseconds: Int64 = 5_000_000_000

  /// Call it once, as the last call. It closes the pipe before it waits for the child: a child that
  /// has more to write than the parent has read would wait as well. A child that does not end by
  /// itself is killed.
  ///
  /// - Returns: the wait status; nil when not even SIGKILL ended it. Then `ChildReaper` has it.
  package func end(killing: Bool) -> Int32? {
    answer = nil
    if killing { child.kill() }
    return Self.waitForEnd(of: child, withinNanoseconds: killing ? 0 : Self.endNanoseconds)
  }

  /// Waits for the end of a child and, after that time, kills it.
  ///
  /// - Returns: the wait status; nil when not even SIGKILL ended it.
  package static func waitForEnd(
    of child: RunningChild, withinNanoseconds limit: Int64
  ) -> Int32? {
    if let status = child.waitStatus(withinNanoseconds: limit) { return status }
    child.kill()
    return child.waitStatus(withinNanoseconds: RunningChild.killNanoseconds)
  }
}
