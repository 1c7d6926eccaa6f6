import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: no program keeps the agent waiting longer than it is allowed to, whatever it does to
/// escape; a program that outlives even SIGKILL is left to the reaper.
/// Method: real programs that leave their process group, ignore signals, stop themselves and keep
/// their input open; a child that is left alone stands for one that hangs in the Linux kernel.
@Suite struct RunningChildTests {
  let folder = TestFolder()

  init() { cp_ignore_signal(SIGPIPE) }

  private func start(_ path: String, input: [UInt8] = []) throws -> RunningChild {
    try ChildProcess(path: path, variables: [], input: input).start()
  }

  private func perl(_ name: String, _ program: String) throws -> String {
    try folder.script(name, "exec perl -e '\(program)'")
  }

  /// Waits until the program says in a file that it has come so far.
  private func waitFor(_ name: String) { #expect(eventually { !folder.text(name).isEmpty }) }

  private var mark: String { "open F, \">\", \"\(folder.path)/up\"; print F \"x\"; close F; " }

  @Test func `one that leaves its process group and ignores SIGTERM is killed in time`() throws {
    let escape = try perl(
      "escape", "setpgrp(0, getpgrp(getppid)); $SIG{TERM} = \"IGNORE\"; \(mark) sleep 600")
    let child = try start(escape)
    waitFor("up")
    // It is in this process's group, so that a signal to the group of its own number meets nobody.
    #expect(getpgid(child.identifier) == getpgrp())
    #expect(child.outcome(limitNanoseconds: 10_000_000) == .timedOut)
    #expect(child.outcome() == .killedBy(signal: SIGKILL), "it has ended, and is no zombie")
  }

  @Test func `one that starts a session is killed with the processes that stayed in its group`()
    throws
  {
    let session = try folder.script(
      "session",
      "sleep 600 & echo $! > '\(folder.path)/child'; exec setsid -w sh -c 'trap \"\" TERM; exit 7'")
    let child = try start(session)
    #expect(child.waitStatus(withinNanoseconds: 10_000_000_000) != nil)
    #expect(child.outcome() == .exited(status: 7))
    child.kill()
    let sleeper = try #require(pid_t(folder.text("child").split(separator: "\n").first ?? ""))
    kill(sleeper, SIGKILL)
  }

  @Test func `one that stops itself is killed in time`() throws {
    let child = try start(try folder.script("stop", "echo x > '\(folder.path)/up'; kill -STOP $$"))
    waitFor("up")
    #expect(child.outcome(limitNanoseconds: 10_000_000) == .timedOut)
    #expect(child.outcome() == .killedBy(signal: SIGKILL))
  }

  @Test func `a grandchild that keeps the input open delays nobody`() throws {
    let script = try folder.script(
      "keeper", "sleep 600 <&0 & echo $! > '\(folder.path)/child'; exit 3")
    let child = try start(script, input: [UInt8](repeating: 1, count: 4096))
    #expect(child.outcome(limitNanoseconds: 10_000_000_000) == .exited(status: 3))
    let sleeper = try #require(pid_t(folder.text("child").split(separator: "\n").first ?? ""))
    kill(sleeper, SIGKILL)
  }

  @Test func `looking does not wait, and the end stays known`() throws {
    let child = try start(try folder.script("wait", "read line; exit 5"), input: [])
    #expect(child.outcome(limitNanoseconds: 10_000_000_000) == .exited(status: 5))
    #expect(child.outcome() == .exited(status: 5))
    let other = try start(try folder.script("sleep", "sleep 600"))
    #expect(other.outcome() == nil)
    #expect(other.waitStatus(withinNanoseconds: 0) == nil)
    other.kill()
    #expect(eventually { other.outcome() == .killedBy(signal: SIGKILL) })
  }

  @Test func `a pidfd wakes whoever waits for the end`() throws {
    let child = try start(try folder.script("end", "exit 0"))
    guard let descriptor = child.descriptor else { return }
    #expect(Wait.isReady(descriptor.raw, milliseconds: 10_000))
    #expect(child.outcome() == .exited(status: 0))
  }

  @Test func `without a pidfd the end is noticed too`() {
    let process = cp_fork()
    if process == 0 { _exit(9) }
    let child = RunningChild(identifier: process, hasDescriptor: false)
    #expect(child.descriptor == nil)
    #expect(child.outcome(limitNanoseconds: 10_000_000_000) == .exited(status: 9))
  }

  @Test func `a child that is let go of is left to the reaper and taken once it has ended`() throws
  {
    let reaper = ChildReaper()
    let child = cp_fork()
    if child == 0 {
      while true { pause() }
    }
    reaper.take(child)
    #expect(reaper.count == 1)
    reaper.reap()
    #expect(reaper.count == 1, "it has not ended")
    kill(child, SIGKILL)
    #expect(
      eventually {
        reaper.reap()
        return reaper.count == 0
      })
    #expect(waitpid(child, nil, WNOHANG) == -1, "no zombie is left")
  }

  @Test func `no more programs are started while too many do not end`() throws {
    let reaper = ChildReaper()
    let children = (0..<ChildReaper.childrenMax).map { _ in
      let child = cp_fork()
      if child == 0 {
        while true { pause() }
      }
      return child
    }
    for child in children { reaper.take(child) }
    #expect(!reaper.hasRoom)
    kill(children[3], SIGKILL)
    #expect(eventually { reaper.hasRoom })
    for child in children { kill(child, SIGKILL) }
    #expect(
      eventually {
        reaper.reap()
        return reaper.count == 0
      })
  }
}
