import CPlatform
import Testing

@testable import SensorIO
@testable import System
import TestSupport

/// Goal: producers reach the agent at its path, and the agent takes and removes no other program's
/// file.
/// Method: both ends in one process, in a folder made for the test.
@Suite struct UnixListenerTests {
  let folder = TestFolder()
  var path: String { "\(folder.path)/agent.sock" }

  @Test func `carries bytes both ways`() throws {
    let listener = try UnixListener.open(path: path)
    #expect(try listener.accept() == nil)
    let client = try UnixSocket.connect(path: path)
    let server = try #require(try listener.accept())
    try client.send([1, 2, 3])
    #expect(try server.receiveOnce().bytes == [1, 2, 3])
    try server.send([4])
    #expect(try client.receiveOnce().bytes == [4])
  }

  @Test func `a producer that leaves ends its stream`() throws {
    let listener = try UnixListener.open(path: path)
    var client: Descriptor? = try UnixSocket.connect(path: path)
    let server = try #require(try listener.accept())
    try client!.send([9])
    client = nil
    #expect(try server.receiveOnce().bytes == [9])
    #expect(try server.receiveOnce().result == .end)
    // The write gives EPIPE and no signal, which would end this test.
    #expect(throws: SystemError(call: .write, code: EPIPE)) { try server.send([1]) }
  }

  @Test func `a full socket would block`() throws {
    let listener = try UnixListener.open(path: path)
    let client = try UnixSocket.connect(path: path)
    let block = [UInt8](repeating: 7, count: 65_536)
    var written: Int? = 0
    for _ in 0..<100 where written != nil {
      written = try block.withUnsafeBytes { try client.write($0) }
    }
    #expect(written == nil)
    #expect(try listener.accept() != nil)
  }

  @Test func `replaces a stale socket and refuses a live one`() throws {
    var live: UnixListener? = try UnixListener.open(path: path)
    #expect(throws: SocketError.busy(path: path)) { try UnixListener.open(path: path) }
    // The socket's file outlives its process when the process is killed.
    let kept = "\(folder.path)/kept"
    #expect(link(path, kept) == 0)
    live = nil
    #expect(live == nil && rename(kept, path) == 0)
    #expect(throws: SocketError.noListener(path: path)) { try UnixSocket.connect(path: path) }
    let listener = try UnixListener.open(path: path)
    _ = try UnixSocket.connect(path: path)
    #expect(try listener.accept() != nil)
  }

  @Test func `never replaces what is no socket`() throws {
    let file = try folder.file("precious", "data")
    #expect(throws: SocketError.notSocket(path: file)) { try UnixListener.open(path: file) }
    #expect(access(file, F_OK) == 0)
  }

  @Test func `removes its own file and not its successor's`() throws {
    var first: UnixListener? = try UnixListener.open(path: path)
    #expect(unlink(path) == 0)
    let second = try UnixListener.open(path: path)
    first = nil
    #expect(first == nil)
    _ = try UnixSocket.connect(path: path)
    #expect(try second.accept() != nil)
  }

  @Test func `leaves nothing behind`() throws {
    var listener: UnixListener? = try UnixListener.open(path: path)
    #expect(listener != nil && access(path, F_OK) == 0)
    listener = nil
    #expect(access(path, F_OK) != 0)
  }

  @Test(arguments: [0o600, 0o660, 0o666])
  func `has the mode asked for with every umask`(mode: UInt32) throws {
    let listener = try UnixListener.open(path: path, mode: mode)
    var status = stat()
    #expect(lstat(listener.path, &status) == 0)
    #expect(UInt32(status.st_mode) & 0o777 == mode)
  }

  @Test func `a path is as long as an address holds`() throws {
    let room = UnixSocket.pathBytesMax - folder.path.utf8.count - 1
    let longest = "\(folder.path)/" + String(repeating: "x", count: room)
    let listener = try UnixListener.open(path: longest)
    _ = try UnixSocket.connect(path: longest)
    #expect(try listener.accept() != nil)
    #expect(throws: SocketError.pathBytes(path: longest + "x", bytes: 108)) {
      try UnixListener.open(path: longest + "x")
    }
    #expect(throws: SocketError.pathBytes(path: "", bytes: 0)) {
      try UnixListener.open(path: "")
    }
  }

  @Test func `connecting where nothing is says so`() {
    #expect(throws: SocketError.missing(path: path)) { try UnixSocket.connect(path: path) }
  }
}
