import CPlatform
import Testing

@testable import SensorIO
@testable import System
import TestSupport

/// Goal: each event comes with the token of its file, for any number of files.
/// Method: pseudo-terminals and sockets, several at once. Only one architecture packs epoll's
/// records, and a wrong stride shows from the second record on.
@Suite struct PollerTests {
  @Test func `reports each ready file under its own token`() throws {
    let poller = try Poller(eventsMax: 8)
    let terminals = try (0..<5).map { _ in try PseudoTerminal.open() }
    let ports = try terminals.map {
      try SerialPort.open(path: $0.slavePath, SerialSettings(baud: 9600))
    }
    let tokens = (0..<5).map { UInt64.max - UInt64($0) * 0x1_0000_0001 }
    for (port, token) in zip(ports, tokens) {
      try poller.add(port.raw, token: token, interest: .readable)
    }
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
    for terminal in terminals { try terminal.controller.send([1]) }
    var seen: Set<UInt64> = []
    while seen.count < 5 {
      let events = try poller.wait(timeoutMilliseconds: 1000)
      try #require(!events.isEmpty)
      for event in events {
        #expect(event.isReadable && !event.isWritable && !event.isHangUp)
        let index = try #require(tokens.firstIndex(of: event.token))
        #expect(try ports[index].receiveOnce().bytes == [1])
        seen.insert(event.token)
      }
    }
    #expect(seen == Set(tokens))
  }

  @Test func `reports no more than there is room for`() throws {
    let poller = try Poller(eventsMax: 1)
    let terminals = try (0..<3).map { _ in try PseudoTerminal.open() }
    for (index, terminal) in terminals.enumerated() {
      try poller.add(terminal.controller.raw, token: UInt64(index), interest: .writable)
    }
    #expect(try poller.wait(timeoutMilliseconds: 0).count == 1)
  }

  @Test func `reports a hang-up`() throws {
    let poller = try Poller(eventsMax: 4)
    var terminal: PseudoTerminal? = try PseudoTerminal.open()
    let port = try SerialPort.open(path: terminal!.slavePath, SerialSettings(baud: 9600))
    try poller.add(port.raw, token: 3, interest: .readable)
    terminal = nil
    let events = try poller.wait(timeoutMilliseconds: 1000)
    #expect(events.count == 1 && events[0].token == 3 && events[0].isHangUp)
  }

  @Test func `changes its interest and forgets a file`() throws {
    let poller = try Poller(eventsMax: 4)
    let terminal = try PseudoTerminal.open()
    let raw = terminal.controller.raw
    try poller.add(raw, token: 1, interest: .readable)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
    try poller.modify(raw, token: 2, interest: [.readable, .writable])
    let events = try poller.wait(timeoutMilliseconds: 1000)
    #expect(events.map(\.token) == [2] && events[0].isWritable)
    poller.remove(raw)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
    #expect(throws: SystemError(call: .epoll_ctl, code: ENOENT)) {
      try poller.modify(raw, token: 2, interest: .readable)
    }
  }
}
