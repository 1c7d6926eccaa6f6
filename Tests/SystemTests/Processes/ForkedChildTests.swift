import CPlatform
import TestSupport
import Testing

@testable import System

/// Goal: what a forked child says arrives, its end is told, and neither waits for the other.
/// Method: children that answer, say too much, hang, and die.
@Suite struct ForkedChildTests {
  @Test func `the answer comes, then its end`() throws {
    let child = try ForkedChild { answer in
      _ = [UInt8](repeating: 7, count: 3).withUnsafeBytes { try? answer.write($0) }
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    #expect(Wait.isReady(child.descriptor, milliseconds: 5000))
    #expect(read(child.descriptor, &bytes, bytes.count) == 3)
    #expect(read(child.descriptor, &bytes, bytes.count) == 0)
    let status = try #require(child.end(killing: false))
    #expect(cp_exited(status) != 0 && cp_exit_status(status) == 0)
  }

  @Test func `one that says more than is read does not wait for ever`() throws {
    let child = try ForkedChild { answer in
      cp_ignore_signal(SIGPIPE)
      // Twice what a pipe holds.
      for _ in 0..<32 {
        _ = [UInt8](repeating: 1, count: 4096).withUnsafeBytes { try? answer.write($0) }
      }
    }
    #expect(Wait.isReady(child.descriptor, milliseconds: 5000))
    #expect(cp_exited(try #require(child.end(killing: false))) != 0)
  }

  @Test func `one that hangs is ended`() throws {
    let child = try ForkedChild { _ in while true { pause() } }
    #expect(!Wait.isReady(child.descriptor, milliseconds: 20))
    #expect(cp_term_signal(try #require(child.end(killing: true))) == SIGKILL)
  }

  @Test func `one that answered and does not end is killed after its time`() throws {
    let child = RunningChild(identifier: cp_fork())
    if child.identifier == 0 {
      while true { pause() }
    }
    let status = try #require(ForkedChild.waitForEnd(of: child, withinNanoseconds: 20_000_000))
    #expect(cp_term_signal(status) == SIGKILL)
  }
}
