import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: datagrams arrive at paths and at abstract names of every length that an address holds.
@Suite struct UnixDatagramTests {
  let folder = TestFolder()

  private func deliver(at path: String) -> String {
    let receiver = UnixDatagram.bound(to: path)
    let sender = UnixDatagram.connected(to: path)
    defer {
      close(receiver)
      close(sender)
    }
    guard receiver >= 0, sender >= 0 else { return "no socket" }
    guard send(sender, "hello", 5, CP_MSG_QUIET) == 5 else { return "not sent" }
    return receiveDatagram(receiver)
  }

  @Test func `delivers at a path`() { #expect(deliver(at: "\(folder.path)/socket") == "hello") }

  @Test func `delivers at an abstract name`() {
    #expect(deliver(at: "@edgeagent-test-\(getpid())") == "hello")
  }

  @Test func `an address holds 107 bytes`() {
    let longest = String(repeating: "x", count: 107 - folder.path.utf8.count - 1)
    #expect(deliver(at: "\(folder.path)/\(longest)") == "hello")
    #expect(UnixDatagram.bound(to: "\(folder.path)/\(longest)x") == -1)
    #expect(UnixDatagram.connected(to: "") == -1)
  }

  @Test func `without a listener there is no socket`() {
    #expect(UnixDatagram.connected(to: "\(folder.path)/missing") == -1)
    #expect(UnixDatagram.connected(to: "@edgeagent-missing-\(getpid())") == -1)
  }
}
