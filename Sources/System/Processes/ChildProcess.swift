import CPlatform

/// One program with a text on its standard input, ready to be started.
///
///     let child = try ChildProcess(path: …, variables: …, input: …).start()
///     while true {
///       if let outcome = child.outcome() { … }   // never waits
///       if … { child.kill() }                     // the program and its process group
///     }
///
/// `run` is the short form for a thread that has nothing else to do.
package struct ChildProcess {
  package enum Outcome: Equatable, Sendable {
    case exited(status: Int32)
    case killedBy(signal: Int32)
    /// The program did not end in time. It was killed, with its process group.
    case timedOut
    /// The program could not be started; the code is errno.
    case notStarted(code: Int32)
  }

  package let path: String
  /// `NAME=value`; the child also gets all other variables of the agent's environment.
  package let variables: [String]
  /// Written whole to standard input; short (≤ 4 KiB), so that it fits the pipe.
  package let input: [UInt8]

  package init(path: String, variables: [String], input: [UInt8]) {
    (self.path, self.variables, self.input) = (path, variables, input)
  }

  /// Starts the program. Its standard input has the text, and ends after it.
  ///
  /// - Throws: the error of `pipe`, or of the start of the program (`posix_spawn`).
  package func start() throws(SystemError) -> RunningChild {
    // Too many that not even SIGKILL ends: another one would most likely not end either.
    guard ChildReaper.shared.hasRoom else { throw SystemError(call: .spawn, code: EAGAIN) }
    let pipe = try Pipe()
    var child = pid_t()
    let code = spawn(&child, standardInput: pipe.reading.raw)
    guard code == 0 else { throw SystemError(call: .spawn, code: code) }
    // A child may close the pipe without reading. The agent ignores SIGPIPE, and the child did not
    // want the text.
    _ = input.withUnsafeBytes { try? pipe.writing.write($0) }
    return RunningChild(identifier: child)
  }

  /// Starts the program and waits for its end, at most `limitMilliseconds` and the short time in
  /// which the kernel ends a killed process.
  package func run(limitMilliseconds: Int) -> Outcome {
    do throws(SystemError) {
      return try start().outcome(limitNanoseconds: Int64(limitMilliseconds) * 1_000_000)
    } catch {
      return .notStarted(code: error.code)
    }
  }

  private func spawn(_ child: inout pid_t, standardInput: Int32) -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, standardInput, 0)
    // The agent blocks some signals and ignores others; its children must not inherit that.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var words: [UnsafeMutablePointer<CChar>?] = [path.withCString { strdup($0) }, nil]
    var environment: [UnsafeMutablePointer<CChar>?] = []
    var inherited = cp_environment()
    while let entry = inherited?.pointee {
      if !variables.contains(where: { Self.haveOneName($0, entry) }) {
        environment.append(strdup(entry))
      }
      inherited = inherited! + 1
    }
    for variable in variables { environment.append(variable.withCString { strdup($0) }) }
    environment.append(nil)
    defer {
      for word in words { free(word) }
      for entry in environment { free(entry) }
    }
    return path.withCString {
      posix_spawn(&child, $0, &actions, &attributes, &words, &environment)
    }
  }

  /// Compares the names, up to the `=`. A child must not get two variables of one name, since
  /// programs disagree which one counts.
  private static func haveOneName(_ variable: String, _ entry: UnsafePointer<CChar>) -> Bool {
    guard let equals = variable.utf8.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let name = variable[...equals]
    return name.withCString { strncmp($0, entry, name.utf8.count) == 0 }
  }
}
