import CPlatform
import Text

/// A subscriber's end of a running core's events socket. It sends lines and hands over the lines
/// that arrive, each a JSON object. It skips lines that are no JSON.
///
/// Used by one thread at a time. It takes 16 KiB, no matter how much the core writes.
package final class EventsClient {
  package enum Fault: Error, Equatable {
    /// The other end has gone.
    case gone
    /// The program at the other end is no agent.
    case lineTooLong(bytesMax: Int)
  }

  /// The longest event of a core: 64 labels with their scores. The lines that a sensor sends have
  /// at most 512 bytes.
  package static let lineBytesMax = 10 * 1024

  /// Room for the longest line, and for more bytes behind it.
  private static let bufferBytes = 16 * 1024

  private let descriptor: Descriptor
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: bufferBytes, alignment: 16)
  /// The bytes that were read and not yet handed over are from `first` to `end`.
  private var first = 0
  private var end = 0

  /// - Parameter descriptor: a connected socket that does not block.
  package init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  /// - Parameter path: `[events] socket`.
  package convenience init(path: String) throws(SocketError) {
    self.init(try UnixSocket.connect(path: path))
  }

  deinit { buffer.deallocate() }

  /// Sends a line. It must be short, so that the socket takes it at once.
  package func send(_ line: String) -> Bool {
    var line = line
    return line.withUTF8 { (try? descriptor.write(UnsafeRawBufferPointer($0))) == $0.count }
  }

  /// - Returns: false when nothing arrived in that time.
  package func wait(nanoseconds: Int64) -> Bool {
    var wait = Wait()
    wait.add(descriptor.raw)
    return (try? wait.run(nanoseconds: nanoseconds)) ?? false
  }

  /// Hands over what has arrived, without waiting.
  package func read(_ body: (JSONValue) -> Void) throws(Fault) {
    repeat {
      while let value = try takeLine() { body(value) }
    } while try receive()
  }

  /// Waits for the next line; nil when none arrives before `deadline`, CLOCK_BOOTTIME in
  /// nanoseconds.
  package func next(before deadline: Int64) throws(Fault) -> JSONValue? {
    while true {
      if let value = try takeLine() { return value }
      // Before each read: a core that never stops talking must not keep its reader for ever.
      let left = deadline - Clock.boot()
      guard left > 0 else { return nil }
      if try !receive() { _ = wait(nanoseconds: left) }
    }
  }

  /// Nil while the next line is incomplete.
  private func takeLine() throws(Fault) -> JSONValue? {
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: buffer[first..<end])
      let length = rest.firstIndex(of: UInt8(ascii: "\n"))
      guard length ?? rest.count <= Self.lineBytesMax else {
        throw .lineTooLong(bytesMax: Self.lineBytesMax)
      }
      guard let length else { return nil }
      first += length + 1
      if let value = try? JSONValue.parse(UnsafeRawBufferPointer(rebasing: rest[..<length])) {
        return value
      }
    }
  }

  /// - Returns: false when there is nothing to read now.
  private func receive() throws(Fault) -> Bool {
    if first > 0 {
      let base = buffer.baseAddress!
      base.copyMemory(from: base + first, byteCount: end - first)
      (first, end) = (0, end - first)
    }
    // An incomplete line is shorter than the buffer, so there is room.
    switch try? descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...])) {
    case .bytes(let count)?:
      end += count
      return true
    case .wouldBlock?: return false
    case .end?, nil: throw .gone
    }
  }
}
