import TestSupport
import Testing

@testable import System

/// Goal: each error of a socket has a sentence of its own.
@Suite struct SocketMessagesTests {
  @Test func `sockets`() {
    let errors: [SocketError] = [
      .missing(path: "/p"), .notPermitted(path: "/p"), .busy(path: "/p"), .notSocket(path: "/p"),
      .noListener(path: "/p"), .pathBytes(path: "/p", bytes: 108),
      .system(path: "/p", SystemError(call: .open, code: 13)),
    ]
    expectSentences(errors) { $0.message }
  }
}
