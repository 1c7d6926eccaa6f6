import SensorIO
import System
import Text

/// Questions on standard output, and answers from standard input, a line each.
struct Dialogue {
  /// Longer than any path.
  private static let lineBytesMax = 4096
  private static let triesMax = 5

  private let signals: Signals
  /// False where each question has to be answered beforehand.
  let asks: Bool
  private var input: Descriptor?
  private var waiting: [UInt8] = []

  init(signals: Signals, asks: Bool) { (self.signals, self.asks) = (signals, asks) }

  /// Asks until the answer means something, five times at most.
  ///
  /// - Parameters:
  ///   - option: what answers the question on the command line.
  ///   - read: nil for an answer that means nothing.
  mutating func ask<Answer>(
    _ question: String, option: String, _ read: (String) -> Answer?
  ) throws(Failure) -> Answer {
    guard asks else { throw .failed("\(option) is missing, and --yes lets nothing be asked") }
    for _ in 0..<Self.triesMax {
      Terminal.write("\(question): ")
      guard let text = try line() else {
        throw .failed("the input has ended; nothing was written", "answer it with \(option)")
      }
      if let answer = read(text) { return answer }
      Terminal.write("that was not understood\n")
    }
    throw .failed("nothing was written", "answer it with \(option)")
  }

  /// The next line without its end and without blanks around it; nil at the end of the input.
  private mutating func line() throws(Failure) -> String? {
    while true {
      if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(waiting[..<end])
        waiting.removeFirst(end + 1)
        return Self.trimmed(line)
      }
      guard waiting.count < Self.lineBytesMax, try receive() else {
        defer { waiting = [] }
        return waiting.isEmpty ? nil : Self.trimmed(waiting)
      }
    }
  }

  private static func trimmed(_ line: [UInt8]) -> String {
    var text = line[...]
    while let last = text.last, last <= 0x20 { text.removeLast() }
    while let first = text.first, first <= 0x20 { text.removeFirst() }
    return String(decoding: text, as: UTF8.self)
  }

  /// - Returns: false at the end of the input.
  private mutating func receive() throws(Failure) -> Bool {
    if input == nil {
      do throws(PortError) {
        input = try FilePort.standardInput()
      } catch {
        throw .failed(error.message)
      }
    }
    guard let input else { return false }
    var wait = Wait()
    let end = wait.add(signals.descriptor)
    wait.add(input.raw)
    _ = try? wait.run(nanoseconds: 60_000_000_000)
    if wait.isReady(end), signals.take() != nil { throw .failed("stopped; nothing was written") }
    var piece = [UInt8](repeating: 0, count: 512)
    switch piece.withUnsafeMutableBytes({ try? input.read(into: $0) }) {
    case .bytes(let count)?:
      waiting += piece[..<count]
      return true
    case .wouldBlock?: return true
    case .end?, nil: return false
    }
  }
}
