import CPlatform
import Testing

@testable import System
@testable import Text

/// Two connected stream sockets, both non-blocking.
package func socketPair() throws -> (Descriptor, Descriptor) {
  var ends: [Int32] = [-1, -1]
  try #require(socketpair(AF_UNIX, CP_STREAM, 0, &ends) == 0)
  return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
}

extension Descriptor {
  /// Writes all of it; the test keeps it small enough to fit.
  package func send(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    #expect(try bytes.withUnsafeBytes { try write($0) } == bytes.count)
  }

  /// One read, after waiting for it up to a second.
  package func receiveOnce() throws -> (result: ReadResult, bytes: [UInt8]) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
    _ = poll(&waiting, 1, 1000)
    let result = try bytes.withUnsafeMutableBytes { try read(into: $0) }
    guard case .bytes(let count) = result else { return (result, []) }
    return (result, Array(bytes[..<count]))
  }

  /// Writes all of it; the test keeps it small enough to fit.
  package func send(_ text: String) throws {
    var text = text
    let count = try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
    #expect(count == text.utf8.count)
  }

  /// Waits for the first bytes, then reads all that are there.
  package func receive(waitMilliseconds: Int32 = 2000) throws -> [UInt8] {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    _ = waitsForInput(raw, milliseconds: waitMilliseconds)
    while case .bytes(let count) = try chunk.withUnsafeMutableBytes({ try read(into: $0) }) {
      received += chunk[..<count]
    }
    return received
  }

  /// Waits for the next lines, one by one; returns fewer when no more come.
  package func events(_ count: Int) throws -> [JSONValue] {
    var text: [UInt8] = []
    while text.count(where: { $0 == UInt8(ascii: "\n") }) < count {
      let more = try receive()
      if more.isEmpty { break }
      text += more
    }
    return try parseLines(text)
  }
}

/// True when something can be read within that time.
package func waitsForInput(_ raw: Int32, milliseconds: Int32) -> Bool {
  var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
  return poll(&waiting, 1, milliseconds) > 0
}

/// One datagram; "" when none comes within two seconds.
package func receiveDatagram(_ raw: Int32, waitMilliseconds: Int32 = 2000) -> String {
  var bytes = [UInt8](repeating: 0, count: 65_536)
  guard waitsForInput(raw, milliseconds: waitMilliseconds) else { return "" }
  let count = recv(raw, &bytes, bytes.count, CP_MSG_QUIET)
  return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
}

/// Splits lines of JSON; each line must end with LF.
package func parseLines(_ bytes: [UInt8]) throws -> [JSONValue] {
  if let last = bytes.last { #expect(last == UInt8(ascii: "\n")) }
  return try bytes.split(separator: UInt8(ascii: "\n")).map { line in
    try line.withUnsafeBytes { try JSONValue.parse($0) }
  }
}
