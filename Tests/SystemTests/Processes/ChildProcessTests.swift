import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: a program gets its input and its environment, its end is known, and no program outlives
/// its time.
/// Method: real scripts that write down their input and environment.
@Suite struct ChildProcessTests {
  let folder = TestFolder()

  init() { cp_ignore_signal(SIGPIPE) }

  private func run(
    _ path: String, variables: [String] = [], input: [UInt8] = [], limit: Int = 5000
  ) -> ChildProcess.Outcome {
    ChildProcess(path: path, variables: variables, input: input).run(limitMilliseconds: limit)
  }

  @Test(arguments: [Int32(0), 1, 255]) func `tells the exit code`(code: Int32) throws {
    #expect(run(try folder.script("end", "exit \(code)")) == .exited(status: code))
  }

  @Test func `tells the signal that ended it`() throws {
    #expect(run(try folder.script("end", "kill -TERM $$")) == .killedBy(signal: SIGTERM))
  }

  @Test(arguments: [0, 1, 4096]) func `gives the whole input and then its end`(
    count: Int
  ) throws {
    let input = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let script = try folder.script("copy", "cat > '\(folder.path)/copy.out'")
    #expect(run(script, input: input) == .exited(status: 0))
    #expect(try Files.read("\(folder.path)/copy.out", bytesMax: 8192) == input)
  }

  @Test func `a command that reads nothing loses only its input`() throws {
    let deaf = try folder.script("deaf", "exec 0<&-; exit 3")
    #expect(run(deaf, input: [UInt8](repeating: 1, count: 4096)) == .exited(status: 3))
  }

  @Test func `adds variables to the agent's own and replaces those of the same name`() throws {
    let script = try folder.script("environment", "env > '\(folder.path)/env'")
    let path = try #require(Environment.value("PATH"))
    let variables = ["EDGEAGENT_ALERT=fall = over", "HOME=/nowhere"]
    #expect(run(script, variables: variables) == .exited(status: 0))
    let lines = folder.text("env").split(separator: "\n")
    #expect(lines.contains("EDGEAGENT_ALERT=fall = over"))
    #expect(lines.contains("PATH=\(path)"))
    #expect(lines.filter { $0.hasPrefix("HOME=") } == ["HOME=/nowhere"])
  }

  @Test func `a command that does not end is killed with its children`() throws {
    let script = try folder.script(
      "hang", "sleep 60 & echo $! > '\(folder.path)/child'; echo x > '\(folder.path)/up'; wait")
    let start = Clock.boot()
    #expect(run(script, limit: 300) == .timedOut)
    #expect(Clock.boot() - start < 3_000_000_000)
    let digits = folder.text("child").split(separator: "\n").first ?? ""
    let child = try #require(pid_t(digits), "the script came to start its child")
    #expect(eventually { hasEnded(child) })
  }

  /// True if the process is gone, or dead and waiting for the process that adopted it.
  private func hasEnded(_ process: pid_t) -> Bool {
    guard let status = try? Files.read("/proc/\(process)/stat", bytesMax: 4096) else { return true }
    return String(decoding: status, as: UTF8.self).contains(") Z")
  }

  @Test func `signals reach it as they would reach any program`() throws {
    // The agent blocks SIGTERM and ignores SIGPIPE; /proc shows what of that the child inherited.
    let script = try folder.script(
      "signals", "exec grep -E '^Sig(Blk|Ign)' /proc/self/status > '\(folder.path)/signals'")
    #expect(run(script) == .exited(status: 0))
    let lines = folder.text("signals").split(separator: "\n")
    #expect(lines.count == 2)
    for line in lines {
      // Bits 31 and 32 are signals of the C library.
      let low = try #require(UInt32(line.suffix(8), radix: 16))
      #expect(low & 0x7FFF_FFFF == 0, "\(line)")
    }
  }

  @Test func `what cannot be started says why`() throws {
    #expect(run("\(folder.path)/missing") == .notStarted(code: ENOENT))
    #expect(run(try folder.file("data", [1, 2])) == .notStarted(code: EACCES))
    #expect(run(folder.path) == .notStarted(code: EACCES))
  }

  @Test func `leaves no descriptor open`() throws {
    let script = try folder.script("true", "exit 0")
    _ = run(script)
    // Other tests open files meanwhile, but so many leaks would still show.
    let before = try Files.names(in: "/proc/self/fd").count
    for _ in 0..<40 {
      _ = run(script, input: [1])
      _ = run("\(folder.path)/missing")
    }
    #expect(try Files.names(in: "/proc/self/fd").count < before + 60)
  }
}
