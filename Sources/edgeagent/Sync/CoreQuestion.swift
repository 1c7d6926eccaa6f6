import CPlatform
import SensorIO
import System
import Text

/// Asks the running core something over its events socket, as any program on the board may.
final class CoreQuestion {
  private let descriptor: Descriptor
  private let deadline: Int64
  private var line: [UInt8] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 4 * 1024, alignment: 16)

  /// - Parameter socket: `[events] socket`.
  init(_ socket: String, milliseconds: Int) throws(SocketError) {
    descriptor = try UnixSocket.connect(path: socket)
    deadline = Clock.boot() + Int64(milliseconds) * 1_000_000
  }

  deinit { buffer.deallocate() }

  /// Sends a line; short, so that the socket takes it at once.
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBytes { (try? descriptor.write($0)) == bytes.count }
  }

  /// The next event whose `type` is that; nil when none comes in time.
  func next(_ type: String) -> JSONValue? {
    while let value = nextEvent() {
      if value["type"]?.string == type { return value }
    }
    return nil
  }

  private func nextEvent() -> JSONValue? {
    while true {
      if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
        let whole = Array(line[..<end])
        line.removeFirst(end + 1)
        if let value = whole.withUnsafeBytes({ try? JSONValue.parse($0) }) { return value }
        continue
      }
      guard line.count <= PipelineLimits.lineBytesMax, fill() else { return nil }
    }
  }

  private func fill() -> Bool {
    let left = (deadline - Clock.boot()) / 1_000_000
    guard left > 0 else { return false }
    var waiting = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, Int32(clamping: left)) > 0 else { return false }
    switch try? descriptor.read(into: buffer) {
    case .bytes(let count)?:
      line += UnsafeRawBufferPointer(rebasing: buffer[..<count])
      return true
    case .wouldBlock?: return true
    case .end?, nil: return false
    }
  }
}
