import CPlatform
import Config
import Core
import System

/// The real agent in a child process. `demo`, `replay` and `bench --frames` send it samples and
/// read its events.
///
/// The parent forks the child and executes no file. So this also works where the system cannot
/// start the executable again, as in an emulator without binfmt.
final class ChildAgent {
  /// The folder of the child's sockets. It is removed at the end.
  let folder: TemporaryFolder
  let events: EventsClient
  /// The time from the fork until READY.
  let startNanoseconds: Int64
  private let child: RunningChild
  private var hasEnded = false

  /// The core gives its programs 15 s and its outbox some more, as its unit does.
  private static let stopNanoseconds: Int64 = 20_000_000_000

  /// Starts the agent and waits until it is ready.
  ///
  /// - Parameter configure: makes the configuration, with sockets in the folder that it gets.
  /// - Throws: when the agent is not ready within five seconds. Its log is on standard error.
  init(_ configure: (TemporaryFolder) -> Configuration) throws(Failure) {
    folder = try TemporaryFolder()
    let configuration = configure(folder)
    let readiness = folder.path + "/notify"
    let listener = UnixDatagram.bound(to: readiness)
    guard listener >= 0 else { throw .failed("\(readiness): \(Self.lastError())") }
    defer { close(listener) }
    let start = Clock.boot()
    let identifier = cp_fork()
    guard identifier >= 0 else { throw .failed("fork: \(Self.lastError())") }
    if identifier == 0 { Self.runChild(configuration, readiness) }
    child = RunningChild(identifier: identifier)
    guard Self.waitForReady(listener, child) else {
      _ = ForkedChild.waitForEnd(of: child, withinNanoseconds: 0)
      throw .failed("the agent did not start; its own words are above")
    }
    startNanoseconds = Clock.boot() - start
    do throws(SocketError) {
      events = try EventsClient(path: configuration.events.socket)
    } catch {
      throw .failed(error.message)
    }
  }

  deinit { _ = stop() }

  /// Resident memory in KiB, as the Linux kernel counts it now.
  var residentKiB: Int? {
    guard let bytes = try? Files.read("/proc/\(child.identifier)/status", bytesMax: 64 * 1024)
    else {
      return nil
    }
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: "VmRSS:".utf8) {
      let digits = line.filter { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    return nil
  }

  /// Asks the agent to stop, and waits for its end.
  ///
  /// - Returns: true when it ended well.
  func stop() -> Bool {
    guard !hasEnded else { return true }
    hasEnded = true
    kill(child.identifier, SIGTERM)
    let status = ForkedChild.waitForEnd(of: child, withinNanoseconds: Self.stopNanoseconds)
    return status.map { ChildProcess.Outcome(waitStatus: $0) } == .exited(status: 0)
  }

  private static func runChild(_ configuration: Configuration, _ readiness: String) -> Never {
    // The agent ends with its parent, even after a kill.
    _ = cp_prctl(PR_SET_PDEATHSIG, UInt(SIGTERM))
    setenv("NOTIFY_SOCKET", readiness, 1)
    unsetenv("WATCHDOG_USEC")
    do throws(StartError) {
      _ = try Agent(configuration).run()
      _exit(0)
    } catch {
      for line in error.lines { Log.write(.error, line) }
      _exit(error.exitCode)
    }
  }

  private static func waitForReady(_ listener: Int32, _ child: RunningChild) -> Bool {
    let deadline = Clock.boot() + 5_000_000_000
    var bytes = [UInt8](repeating: 0, count: 256)
    while Clock.boot() < deadline {
      _ = Wait.isReady(listener, milliseconds: 100)
      let count = recv(listener, &bytes, bytes.count, CP_MSG_QUIET)
      if count > 0 && bytes[..<count].starts(with: "READY=1".utf8) { return true }
      if child.waitStatus() != nil { return false }
    }
    return false
  }

  private static func lastError() -> String { String(cString: cp_error_text(cp_errno())) }
}

/// A folder under `$TMPDIR` that is removed with everything in it.
final class TemporaryFolder {
  let path: String

  init() throws(Failure) {
    let base = Environment.value("TMPDIR") ?? "/tmp"
    var template = Array((base + "/edgeagent-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw .failed("\(base): \(String(cString: cp_error_text(cp_errno())))")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Folders.removeTree(path) }
}
