import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: systemd gets exactly what its protocol says, and a notifier without a listener sends
/// nothing.
/// Method: a real datagram socket as the supervisor, and an environment made by the test.
@Suite struct ServiceNotifierTests {
  let folder = TestFolder()

  @Test(arguments: [false, true]) func `sends each sign as one datagram`(isAbstract: Bool) {
    let path = isAbstract ? "@edgeagent-notify-\(getpid())" : "\(folder.path)/notify"
    let supervisor = UnixDatagram.bound(to: path)
    defer { close(supervisor) }
    let notifier = ServiceNotifier { ["NOTIFY_SOCKET": path][$0] }
    notifier.ready()
    notifier.aliveSign()
    notifier.stopping()
    "STATUS=all is well".utf8CString.withUnsafeBytes { text in
      notifier.status(UnsafeRawBufferPointer(rebasing: text.dropLast()))
    }
    let received = (0..<4).map { _ in receiveDatagram(supervisor) }
    #expect(received == ["READY=1\n", "WATCHDOG=1\n", "STOPPING=1\n", "STATUS=all is well"])
    #expect(notifier.watchdogNanoseconds == nil)
  }

  @Test func `does nothing without a supervisor`() {
    for path in ["", "\(folder.path)/missing"] {
      let notifier = ServiceNotifier { ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000"][$0] }
      notifier.ready()
      #expect(notifier.watchdogNanoseconds == nil)
    }
  }

  @Test func `a supervisor that does not read blocks no call`() {
    let supervisor = UnixDatagram.bound(to: "\(folder.path)/notify")
    defer { close(supervisor) }
    let notifier = ServiceNotifier { ["NOTIFY_SOCKET": "\(folder.path)/notify"][$0] }
    for _ in 0..<100_000 { notifier.aliveSign() }
    #expect(receiveDatagram(supervisor) == "WATCHDOG=1\n")
  }

  @Test(arguments: [
    ("10000000", nil, Int64(10_000_000_000)), ("1", nil, 1000),
    ("86400000000", nil, 86_400_000_000_000), ("86400000001", nil, nil),
    ("0", nil, nil), ("-5", nil, nil), ("", nil, nil), ("10s", nil, nil),
    ("99999999999999999999", nil, nil), ("5000000", "1", nil), ("5000000", "self", 5_000_000_000),
  ])
  func `takes the watchdog's time only when it is one and meant for this process`(
    microseconds: String, pid: String?, expected: Int64?
  ) {
    let supervisor = UnixDatagram.bound(to: "\(folder.path)/notify")
    defer { close(supervisor) }
    var values = ["NOTIFY_SOCKET": "\(folder.path)/notify", "WATCHDOG_USEC": microseconds]
    values["WATCHDOG_PID"] = pid == "self" ? "\(getpid())" : pid
    let notifier = ServiceNotifier { values[$0] }
    #expect(notifier.watchdogNanoseconds == expected)
  }
}
