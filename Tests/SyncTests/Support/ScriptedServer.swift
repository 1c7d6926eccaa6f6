import Glibc
import Synchronization

@testable import Sync
@testable import System
@testable import Text

/// An HTTP server on 127.0.0.1 that answers as a test says, one connection after the other.
final class ScriptedServer: Sendable {
  struct Request: Equatable, Sendable {
    /// `GET /path?query`
    let line: String
    let body: String
  }

  let port: UInt16
  private let listener: Int32
  private let seen = Mutex<[Request]>([])

  /// What was asked, in order.
  var requests: [Request] { seen.withLock { $0 } }

  /// - Parameter answer: status and body for a request.
  init(_ answer: @escaping @Sendable (Request) -> (Int, String)) {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let (descriptor, size) = (listener, length)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        precondition(
          bind(descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0), size) == 0
            && listen(descriptor, 16) == 0)
        getsockname(descriptor, __SOCKADDR_ARG(__sockaddr__: $0), &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    let started = System.Thread.start("scripted") { [self] in
      while case let connection = accept(descriptor, __SOCKADDR_ARG(), nil), connection >= 0 {
        serve(connection, answer)
        close(connection)
      }
      // Not before: another test's socket would get the number.
      close(descriptor)
    }
    precondition(started)
  }

  /// Ends the thread, which keeps this object.
  func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

  func server(path: String = "") throws -> Server {
    Server(try URL("http://127.0.0.1:\(port)\(path)"), HTTPClient(HTTPSettings()))
  }

  private func serve(_ connection: Int32, _ answer: (Request) -> (Int, String)) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let request = Self.whole(text) {
        seen.withLock { $0.append(request) }
        let (status, body) = answer(request)
        let head = "HTTP/1.1 \(status) Said\r\nConnection: close\r\nContent-Length: "
        let all = Array("\(head)\(body.utf8.count)\r\n\r\n\(body)".utf8)
        _ = send(connection, all, all.count, Int32(MSG_NOSIGNAL))
        return
      }
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return }
      bytes += chunk[..<count]
    }
  }

  private static func whole(_ text: String) -> Request? {
    let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let head = parts.first else { return nil }
    let lines = head.split(separator: "\r\n")
    let length =
      lines.first { $0.hasPrefix("Content-Length: ") }.flatMap { Int($0.dropFirst(16)) } ?? 0
    guard parts[1].utf8.count >= length else { return nil }
    let words = lines[0].split(separator: " ")
    return Request(line: "\(words[0]) \(words[1])", body: String(parts[1]))
  }
}
