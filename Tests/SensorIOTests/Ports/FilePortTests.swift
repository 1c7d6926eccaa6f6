import CPlatform
import Testing

@testable import SensorIO
@testable import System
import TestSupport

/// Goal: files, pipes and devices are recognized when they open, and each is served in the right
/// way.
/// Method: one file of each kind.
@Suite struct FilePortTests {
  let folder = TestFolder()

  @Test func `a regular file is always ready and ends`() throws {
    let path = try folder.file("frames", "1,2\n")
    guard case .alwaysReady(let file) = try openPort(.file(path: path)) else {
      Issue.record("a regular file cannot be watched")
      return
    }
    #expect(try file.receiveOnce().bytes == Array("1,2\n".utf8))
    #expect(try file.receiveOnce().result == .end)
  }

  @Test func `a device without a queue is always ready`() throws {
    let port = try openPort(.file(path: "/dev/null"))
    #expect(try port.descriptor.isAlwaysReady)
  }

  @Test func `a named pipe is a stream that waits for its writer`() throws {
    let path = "\(folder.path)/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    guard case .stream(let pipe) = try openPort(.file(path: path)) else {
      Issue.record("a pipe can be watched")
      return
    }
    let poller = try Poller(eventsMax: 1)
    try poller.add(pipe.raw, token: 0, interest: .readable)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
    var writer: Descriptor? = Descriptor(owning: cp_open(path, O_WRONLY, 0))
    try writer!.send([5])
    #expect(try poller.wait(timeoutMilliseconds: 1000).count == 1)
    #expect(try pipe.receiveOnce().bytes == [5])
    writer = nil
    #expect(try pipe.receiveOnce().result == .end)
  }

  @Test func `serial devices and sockets open by their address`() throws {
    let terminal = try PseudoTerminal.open()
    let serial = try openPort(.serial(path: terminal.slavePath, SerialSettings(baud: 9600)))
    #expect(try !serial.descriptor.isAlwaysReady)
    let listening = try openPort(.unix(path: "\(folder.path)/socket"))
    guard case .listener = listening else {
      Issue.record("a Unix address listens")
      return
    }
  }

  @Test func `standard input opens without changing the terminal it shares`() throws {
    let before = cp_fcntl(0, F_GETFL, 0)
    let input = try FilePort.standardInput()
    #expect(input.raw > 2)
    if isatty(0) == 1 { #expect(cp_fcntl(0, F_GETFL, 0) == before) }
  }

  @Test func `names what is wrong with a path`() throws {
    let missing = "\(folder.path)/missing"
    #expect(throws: PortError.missing(path: missing)) { try FilePort.open(path: missing) }
    #expect(throws: PortError.isFolder(path: folder.path)) { try FilePort.open(path: folder.path) }
  }

  @Test func `an error has the C library's words`() {
    #expect(SystemError(call: .open, code: EACCES).text == "Permission denied")
  }
}
