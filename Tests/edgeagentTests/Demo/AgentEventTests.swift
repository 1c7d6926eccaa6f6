import Testing

@testable import Core
@testable import System
import Synchronization
import TestSupport
@testable import Text
@testable import edgeagent

/// Goal: an agent's events are read as any subscriber would read them, however long and however
/// cut.
@Suite struct AgentEventTests {
  private static let lines = """
    {"type":"hello","agent":"a"}
    {"type":"alert","alert":"fall","state":"raised","severity":"critical","score":0.5,"sample":7}
    {"type":"alert","alert":"hot","state":"raised","severity":"warning","value":96.5,"sample":7}
    {"type":"alert","alert":"off","state":"raised","severity":"warning","value":null}
    {"type":"score","sample":8,"scores":{"daily":0.25,"fall":0.75},"run_us":61.5}
    {"type":"sample","sample":9}
    {"type":"sensor","sensor":"wrist","state":"lost"}
    {"type":"dropped","lines":3}
    not JSON
    {"type":"of the future"}

    """
  private static let expected = [
    "alert fall raised critical score 0.5 7", "alert hot raised warning value 96.5 7",
    "alert off raised warning value none 0", "score 8 daily 0.25 fall 0.75 in 61.5", "sample 9",
    "sensor wrist lost", "dropped 3",
  ]

  private func words(_ event: AgentEvent) -> String {
    switch event {
    case .alert(let alert):
      "alert \(alert.name) \(alert.state) \(alert.severity) "
        + "\(alert.isScore ? "score" : "value") \(alert.value.map { "\($0)" } ?? "none") "
        + "\(alert.sample)"
    case .score(let score):
      "score \(score.sample) "
        + score.scores.map { "\($0.label) \($0.value)" }.joined(separator: " ")
        + " in \(score.runMicroseconds)"
    case .sample(let number): "sample \(number)"
    case .sensor(let name, let state): "sensor \(name) \(state)"
    case .dropped(let lines): "dropped \(lines)"
    }
  }

  @Test(arguments: [1, 7, 1000]) func `knows every sort of line`(chunk: Int) throws {
    let (ours, theirs) = try socketPair()
    let reader = EventsClient(ours)
    var found: [String] = []
    var rest = Self.lines[...]
    while !rest.isEmpty {
      try theirs.send(String(rest.prefix(chunk)))
      rest = rest.dropFirst(chunk)
      try reader.events { found.append(words($0)) }
    }
    #expect(found == Self.expected)
  }

  @Test func `lines are as long as an agent writes them`() throws {
    let (ours, theirs) = try socketPair()
    let reader = EventsClient(ours)
    let end = "\"sample\":5,\"type\":\"sample\"}"
    let name = String(repeating: "n", count: EventsClient.lineBytesMax - end.utf8.count - 6)
    try theirs.send("{\"\(name)\":1,\(end)\n")
    var found: [String] = []
    try reader.events { found.append(words($0)) }
    #expect(found == ["sample 5"])
    try theirs.send(String(repeating: "x", count: EventsClient.lineBytesMax + 1))
    #expect(throws: Failure.self) { try reader.events { _ in } }
  }

  @Test func `waits no longer than it was told and sees the end`() throws {
    let (ours, theirs) = try socketPair()
    let reader = EventsClient(ours)
    #expect(!reader.wait(nanoseconds: 0))
    #expect(!reader.wait(nanoseconds: 2_000_000))
    try theirs.send("x")
    #expect(reader.wait(nanoseconds: 2_000_000_000))
    _ = consume theirs
    #expect(throws: Failure.self) { try reader.events { _ in } }
  }

  @Test func `a question gets its answer, or none when the time is over`() throws {
    let (ours, theirs) = try socketPair()
    let client = EventsClient(ours)
    #expect(client.send("read wrist\n"))
    #expect(try theirs.receive() == Array("read wrist\n".utf8))
    #expect(try client.next(before: Clock.boot() + 2_000_000) == nil)
    try theirs.send("not JSON\n{\"n\":1}\n{\"n\":2}\n{\"n\"")
    let deadline = Clock.boot() + 2_000_000_000
    #expect(try client.next(before: deadline)?["n"] == .integer(1))
    #expect(try client.next(before: 0)?["n"] == .integer(2), "it is there already")
    #expect(try client.next(before: 0) == nil)
    try theirs.send(":3}\n")
    #expect(try client.next(before: 0) == nil, "nothing is read when the time is over")
    #expect(try client.next(before: deadline)?["n"] == .integer(3))
    _ = consume theirs
    #expect(throws: EventsClient.Fault.gone) { try client.next(before: deadline) }
  }

  /// The reader has to end while the other side still talks, which it does for five seconds.
  @Test func `a core that never stops talking does not keep its reader`() throws {
    let (ours, theirs) = try socketPair()
    let client = EventsClient(ours)
    let isTalking = Talking()
    let hasStarted = System.Thread.start("talker") {
      let end = Clock.boot() + 5_000_000_000
      let line = Array("{\"type\":\"other\"}\n".utf8)
      while Clock.boot() < end { _ = line.withUnsafeBytes { try? theirs.write($0) } }
      isTalking.value.store(false, ordering: .releasing)
    }
    #expect(hasStarted)
    let deadline = Clock.boot() + 50_000_000
    while try client.next(before: deadline) != nil {}
    let isStillTalking = isTalking.value.load(ordering: .acquiring)
    #expect(isStillTalking)
  }
}

private final class Talking: Sendable {
  let value = Atomic<Bool>(true)
}
