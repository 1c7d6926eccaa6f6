import CPlatform

/// Tells systemd the state of the service, by datagrams to `$NOTIFY_SOCKET` (sd_notify(3)). Without
/// a supervisor no call does anything.
///
/// Sending neither blocks nor allocates. So the hot thread itself can send the sign of life for the
/// watchdog, and the sign proves that this thread is alive.
package final class ServiceNotifier: @unchecked Sendable {
  private let descriptor: Int32
  /// After this time systemd ends a silent service, in nanoseconds; nil without a watchdog.
  package let watchdogNanoseconds: Int64?

  /// - Parameter variable: looks up an environment variable. Tests give another function, since all
  ///   threads share the real environment.
  package init(_ variable: (String) -> String? = Environment.value) {
    let path = variable("NOTIFY_SOCKET") ?? ""
    descriptor = path.isEmpty ? -1 : UnixDatagram.connected(to: path)
    watchdogNanoseconds = descriptor < 0 ? nil : Self.watchdog(variable)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Setup: READY must not be lost, so it waits for a supervisor that is busy, a second at most.
  package func ready() {
    guard descriptor >= 0, !send("READY=1\n") else { return }
    _ = Wait.isReady(descriptor, for: .writable, milliseconds: 1000)
    send("READY=1\n")
  }
  package func stopping() { send("STOPPING=1\n") }
  package func aliveSign() { send("WATCHDOG=1\n") }

  /// `text` is one line without LF, after `STATUS=`.
  package func status(_ text: UnsafeRawBufferPointer) {
    guard descriptor >= 0 else { return }
    _ = CPlatform.send(descriptor, text.baseAddress, text.count, CP_MSG_QUIET)
  }

  @discardableResult
  private func send(_ line: StaticString) -> Bool {
    guard descriptor >= 0 else { return false }
    return CPlatform.send(descriptor, line.utf8Start, line.utf8CodeUnitCount, CP_MSG_QUIET) >= 0
  }

  private static func watchdog(_ variable: (String) -> String?) -> Int64? {
    if let pid = variable("WATCHDOG_PID"), pid != "\(getpid())" { return nil }
    guard let text = variable("WATCHDOG_USEC"), let microseconds = Int64(text),
      1...86_400_000_000 ~= microseconds
    else { return nil }
    return microseconds * 1000
  }
}
