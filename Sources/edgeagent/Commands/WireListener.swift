import SensorIO
import System

/// One open port that is read into a capture. It writes nothing but the prompt that a person gave.
struct WireListener {
  private let port: PortAddress
  private let opened: OpenedPort
  private let signals: Signals
  private let openedAt = Clock.boot()
  /// The producer that has connected, of a socket on which this end listens.
  private var producer: Descriptor?
  private(set) var capture: WireCapture
  /// All bytes that came, also those that the capture has no room for.
  private(set) var byteCount = 0
  /// No more bytes come: the file is at its end, the device is unplugged, or a person said so.
  private(set) var hasEnded = false
  private(set) var wasStopped = false
  /// From the opening to the first byte.
  private(set) var firstByteNanoseconds: Int64 = 0

  /// What the device is told, once in `promptNanoseconds`; empty: nothing.
  private let prompt: [UInt8]
  private var promptDue: Int64 = 0
  private static let promptNanoseconds: Int64 = 1_000_000_000

  private static let readBytes = 4096
  /// As the core: a serial line that is silent for so long is between two frames.
  private static let quietNanoseconds: Int64 = 20_000_000

  init(_ port: PortAddress, signals: Signals, prompt: [UInt8] = []) throws(PortError) {
    (self.port, self.signals, self.prompt) = (port, signals, prompt)
    opened = try openPort(port)
    capture = WireCapture(
      joinsMidStream: port.joinsMidStream, keepsMessages: port.keepsMessages)
  }

  /// Listens until `deadline`, CLOCK_BOOTTIME, or until a condition holds that is looked at after
  /// each read.
  ///
  /// - Parameter took: gets each piece as it comes.
  mutating func listen(
    until deadline: Int64, orUntil isEnough: (WireListener) -> Bool = { _ in false },
    took: (UnsafeRawBufferPointer, Int64) -> Void = { _, _ in }
  ) {
    var buffer = [UInt8](repeating: 0, count: Self.readBytes)
    while !hasEnded, !capture.isFull, !isEnough(self) {
      let left = deadline - Clock.boot()
      guard left > 0 else { return }
      guard wait(min(left, tellDevice())) else { continue }
      receive(&buffer, took)
    }
  }

  /// Tells the device what is due.
  ///
  /// - Returns: nanoseconds until it is told again.
  private mutating func tellDevice() -> Int64 {
    var isListening = false
    if case .listener = opened { isListening = true }
    guard !prompt.isEmpty, producer != nil || !isListening else { return .max }
    let now = Clock.boot()
    if promptDue <= now {
      let device = producer ?? opened.descriptor
      // A device that takes nothing will say nothing, and that is told at the end.
      _ = prompt.withUnsafeBytes { try? device.write($0) }
      promptDue = now + Self.promptNanoseconds
    }
    return promptDue - now
  }

  /// - Returns: whether there is something to read.
  private mutating func wait(_ nanoseconds: Int64) -> Bool {
    if case .alwaysReady = opened { return true }
    var wait = Wait()
    let end = wait.add(signals.descriptor)
    let line = wait.add(producer?.raw ?? opened.descriptor.raw)
    _ = try? wait.run(nanoseconds: nanoseconds)
    if wait.isReady(end), signals.take() != nil { (hasEnded, wasStopped) = (true, true) }
    return wait.isReady(line) && !hasEnded
  }

  private mutating func receive(
    _ buffer: inout [UInt8], _ took: (UnsafeRawBufferPointer, Int64) -> Void
  ) {
    if case .listener(let listener) = opened, producer == nil {
      producer = (try? listener.accept()) ?? nil
      return
    }
    let source = producer ?? opened.descriptor
    let result = buffer.withUnsafeMutableBytes { try? source.read(into: $0) }
    switch result {
    case .bytes(let count)?:
      let now = Clock.boot()
      if byteCount == 0 {
        firstByteNanoseconds = now - openedAt
        if firstByteNanoseconds >= Self.quietNanoseconds { capture.joinsMidStream = false }
      }
      byteCount += count
      buffer.withUnsafeBytes { bytes in
        let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
        capture.append(piece, at: now)
        took(piece, now)
      }
    case .wouldBlock?: break
    case .end?, nil:
      // Another producer may follow this one.
      if producer == nil { hasEnded = true }
      producer = nil
    }
  }
}
