import CPlatform
import System
import Text

/// What an agent told its subscribers.
enum AgentEvent {
  struct Alert {
    let name: String
    let state: String
    let severity: String
    let score: Double
    let sample: Int
  }
  struct Scores {
    let sample: Int
    let runMicroseconds: Double
    /// In the model's order.
    let scores: [(label: String, value: Double)]
  }
  case alert(Alert)
  case score(Scores)
  case sample(number: Int)
  case sensor(name: String, state: String)
  /// Lines that this reader was too slow for.
  case dropped(lines: Int)
}

/// Reads an agent's events, as any subscriber would. A sensor's lines are at most 512 bytes long;
/// an event may be twenty times that.
final class EventReader {
  private let descriptor: Descriptor
  /// What has come of the next line.
  private var line: [UInt8] = []
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: 16 * 1024, alignment: 16)

  init(_ descriptor: Descriptor) { self.descriptor = descriptor }

  deinit { buffer.deallocate() }

  /// - Returns: false when nothing came in that time.
  func wait(nanoseconds: Int64) throws(Failure) -> Bool {
    var waiting = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
    var limit = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: 0)
    limit.tv_nsec = Int(nanoseconds % 1_000_000_000)
    return ppoll(&waiting, 1, &limit, nil) > 0
  }

  /// Hands over what has arrived, without waiting.
  func read(_ body: (AgentEvent) -> Void) throws(Failure) {
    while true {
      switch try? descriptor.read(into: buffer) {
      case .bytes(let count)?:
        try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), body)
      case .wouldBlock?: return
      case .end?, nil: throw .failed("the agent has gone")
      }
    }
  }

  private func take(
    _ bytes: UnsafeRawBufferPointer, _ body: (AgentEvent) -> Void
  ) throws(Failure) {
    for piece in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      // Every piece but the first begins after a line's end.
      if piece.startIndex > 0 {
        if let event = line.withUnsafeBytes({ Self.event($0) }) { body(event) }
        line.removeAll(keepingCapacity: true)
      }
      line.append(contentsOf: piece)
      guard line.count <= PipelineLimits.lineBytesMax else {
        throw .failed("not an agent's events: a line longer than \(PipelineLimits.lineBytesMax)")
      }
    }
  }

  private static func event(_ line: UnsafeRawBufferPointer) -> AgentEvent? {
    guard let value = try? JSONValue.parse(line) else { return nil }
    func text(_ name: String) -> String { value[name]?.string ?? "" }
    func count(_ name: String) -> Int { Int(value[name]?.int64 ?? 0) }
    switch text("type") {
    case "alert":
      return .alert(
        .init(
          name: text("alert"), state: text("state"), severity: text("severity"),
          score: value["score"]?.double ?? 0, sample: count("sample")))
    case "score":
      let scores = value["scores"]?.members ?? []
      return .score(
        .init(
          sample: count("sample"), runMicroseconds: value["run_us"]?.double ?? 0,
          scores: scores.map { ($0.name, $0.value.double ?? 0) }))
    case "sample": return .sample(number: count("sample"))
    case "sensor": return .sensor(name: text("sensor"), state: text("state"))
    case "dropped": return .dropped(lines: count("lines"))
    default: return nil
    }
  }
}
