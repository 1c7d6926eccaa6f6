import CPlatform
import Testing

@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: the hot thread waits for no subscriber. Each gets every line whole, or learns how many it
/// missed, in the place where it missed them. Method: real sockets with both ends in one thread;
/// the kernel's buffers are filled for good.
@Suite struct SubscribersTests {
  let folder = TestFolder()
  let poller: Poller
  let lines: EventLines
  let subscribers: Subscribers

  init() throws {
    cp_ignore_signal(SIGPIPE)
    poller = try Poller(eventsMax: 32)
    let sensor = Make.sensor(.standardInput)
    let configuration = Make.configuration(folder, sensors: [sensor])
    lines = EventLines(configuration)
    subscribers = Subscribers(
      poller: poller, tokenBase: 100, lines: lines, answers: AnswerLines(configuration))
  }

  /// A subscriber that has read its hello.
  private func subscribe(process: Int32? = nil) throws -> Descriptor {
    let (ours, theirs) = try socketPair()
    // Without a number each is a process of its own.
    guard case .seated = subscribers.add(ours, process: process ?? ours.raw, at: 0) else {
      Issue.record("no seat")
      return theirs
    }
    #expect(try theirs.events(1)[0]["type"] == .string("hello"))
    return theirs
  }

  private func publish(_ text: String) {
    var text = text + "\n"
    text.withUTF8 { subscribers.publish(UnsafeRawBufferPointer($0)) }
  }

  /// Does what the hot thread does, until nothing is ready.
  @discardableResult
  private func serve(
    at now: Int64 = 0, onRequest: (String) -> Void = { _ in }
  ) throws -> [Descriptor] {
    var gone: [Descriptor] = []
    while true {
      let events = try poller.wait(timeoutMilliseconds: 0)
      if events.isEmpty { return gone }
      for event in events {
        let left = subscribers.serve(
          seat: Int(event.token) - 100, isReadable: event.isReadable,
          isWritable: event.isWritable, isHangUp: event.isHangUp, at: now
        ) { onRequest(String(decoding: $0, as: UTF8.self)) }
        if let left { gone.append(left) }
      }
    }
  }

  private func number(_ line: JSONValue) -> Int? { line["n"]?.int64.map { Int($0) } }

  /// Numbered lines of about `bytes` until one is dropped. Returns the count that was taken.
  private func fill(bytes: Int = 1000) -> Int {
    let padding = String(repeating: "x", count: bytes)
    var count = 0
    let before = subscribers.droppedLines
    while true {
      publish("{\"n\":\(count),\"padding\":\"\(padding)\"}")
      if subscribers.droppedLines > before { return count }
      count += 1
    }
  }

  /// What a subscriber gets when it reads again while it is served.
  private func drain(_ subscriber: Descriptor) throws -> [JSONValue] {
    var text: [UInt8] = []
    while true {
      let more = try subscriber.receive(waitMilliseconds: 0)
      try serve()
      if more.isEmpty, !waitsForInput(subscriber.raw, milliseconds: 0) { break }
      text += more
    }
    return try parseLines(text)
  }

  @Test func `every subscriber gets every line`() throws {
    let (one, other) = (try subscribe(), try subscribe())
    for n in 0..<10 { publish("{\"n\":\(n)}") }
    for subscriber in [one, other] {
      #expect(try subscriber.events(10).map(number) == Array(0..<10))
    }
    #expect(subscribers.droppedLines == 0)
  }

  @Test func `one that never reads costs the other nothing`() throws {
    let (reader, sleeper) = (try subscribe(), try subscribe())
    var received = 0
    for n in 0..<2000 {
      publish("{\"n\":\(n),\"padding\":\"\(String(repeating: "x", count: 500))\"}")
      try serve()
      let lines = try reader.events(1)
      #expect(lines.map(number) == [n])
      received += lines.count
    }
    #expect(received == 2000)
    #expect(subscribers.droppedLines > 0)
    #expect(sleeper.raw >= 0)
  }

  @Test(arguments: [10, 100, 1000, 4000])
  func `one gap, in its place, with its length, and whole lines around it`(bytes: Int) throws {
    let subscriber = try subscribe()
    let taken = fill(bytes: bytes)
    for _ in 0..<4 { publish("{\"n\":-1}") }
    #expect(subscribers.droppedLines == 5)
    let received = try drain(subscriber)
    #expect(received.dropLast().map(number) == Array(0..<taken))
    #expect(received.last?["type"] == .string("dropped"))
    #expect(received.last?["lines"] == .integer(5), "told without waiting for another event")
    publish("{\"n\":7}")
    #expect(try drain(subscriber).map(number) == [7])
  }

  @Test func `a short line after a gap does not overtake it`() throws {
    let subscriber = try subscribe()
    let taken = fill(bytes: 4000)
    // There is room for this one, but it would stand before the notice of what is missing.
    publish("{\"n\":-1}")
    let received = try drain(subscriber)
    #expect(received.count == taken + 1)
    #expect(received.last?["lines"] == .integer(2))
  }

  @Test func `a gap of one subscriber spoils no line of the others`() throws {
    // The line being published lies in the same buffer as the hello.
    let (slow, quick) = (try subscribe(), try subscribe())
    _ = fill(bytes: 1000)
    _ = try drain(quick)
    _ = try slow.receive(waitMilliseconds: 0)
    subscribers.publish(lines.hello())
    try serve()
    #expect(try drain(quick).last?["agent"] == .string("ward-7"))
    let received = try drain(slow)
    #expect(received.contains { $0["type"] == .string("dropped") })
    subscribers.publish(lines.hello())
    #expect(try drain(slow).map { $0["agent"] } == [.string("ward-7")])
  }

  @Test func `what waits moves up, however often the buffer fills`() throws {
    let subscriber = try subscribe()
    var random = seededRandom("pending lines of random length")
    var (sent, next) = (0, 0)
    var lost = 0
    for _ in 0..<300 {
      for _ in 0..<Int(random.unit() * 40) {
        let padding = String(repeating: "y", count: Int(random.unit() * 3000))
        publish("{\"n\":\(sent),\"padding\":\"\(padding)\"}")
        sent += 1
      }
      var chunk = [UInt8](repeating: 0, count: 1 + Int(random.unit() * 30_000))
      if random.unit() < 0.5 {
        // Reads a part and leaves the rest.
        guard
          case .bytes(let count) = try chunk.withUnsafeMutableBytes({
            try subscriber.read(into: $0)
          })
        else { continue }
        try serve()
        let rest = try drain(subscriber: subscriber, after: Array(chunk[..<count]))
        for line in rest { check(line, &next, &lost) }
      }
    }
    for line in try drain(subscriber) { check(line, &next, &lost) }
    #expect(next == sent, "every line came or was counted")
    #expect(lost == subscribers.droppedLines)
  }

  private func drain(subscriber: Descriptor, after start: [UInt8]) throws -> [JSONValue] {
    var text = start
    while true {
      let more = try subscriber.receive(waitMilliseconds: 0)
      try serve()
      if more.isEmpty, !waitsForInput(subscriber.raw, milliseconds: 0) { break }
      text += more
    }
    return try parseLines(text)
  }

  private func check(_ line: JSONValue, _ next: inout Int, _ lost: inout Int) {
    if let dropped = line["lines"]?.int64 {
      next += Int(dropped)
      lost += Int(dropped)
    } else {
      #expect(number(line) == next)
      next = (number(line) ?? next) + 1
    }
  }

  @Test func `has as many seats as its limit and one more is refused`() throws {
    var others = try (0..<PipelineLimits.subscribersMax).map { _ in try subscribe() }
    #expect(subscribers.count == PipelineLimits.subscribersMax)
    let (ours, theirs) = try socketPair()
    guard case .refused = subscribers.add(ours, process: -1, at: 0) else {
      Issue.record("every process has one seat, and none has to give it up")
      return
    }
    let words = try theirs.events(1)[0]["reason"]?.string
    #expect(words == "all seats are taken; close another subscriber and connect again")
    others.removeLast()
    #expect(try serve().count == 1)
    #expect(subscribers.count == PipelineLimits.subscribersMax - 1)
    others.append(try subscribe())
    publish("{\"n\":1}")
    for other in others { #expect(try other.events(1).map(number) == [1]) }
  }

  @Test func `one that has nothing more to say goes on reading`() throws {
    let subscriber = try subscribe()
    shutdown(subscriber.raw, Int32(SHUT_WR))
    #expect(try serve().isEmpty)
    publish("{\"n\":1}")
    #expect(try subscriber.events(1).map(number) == [1])
    #expect(subscribers.count == 1)
  }

  @Test func `what a subscriber wrote before it left is obeyed`() throws {
    var subscriber: Descriptor? = try subscribe()
    Array("acknowledge a\n".utf8).withUnsafeBytes { _ = try? subscriber!.write($0) }
    subscriber = nil
    #expect(subscriber == nil)
    var requests: [String] = []
    #expect(try serve { requests.append($0) }.count == 1)
    #expect(requests == ["acknowledge a"])
  }

  @Test func `one that leaves with lines waiting frees its seat`() throws {
    var subscriber: Descriptor? = try subscribe()
    _ = fill()
    subscriber = nil
    #expect(subscriber == nil)
    #expect(try serve().count == 1)
    #expect(subscribers.count == 0)
    let next = try subscribe()
    publish("{\"n\":1}")
    #expect(try next.events(1).map(number) == [1], "nothing of the one before")
  }

  @Test func `requests come line by line, however they are cut`() throws {
    let subscriber = try subscribe()
    var requests: [String] = []
    for piece in ["ack", "nowledge fall\r\nx", "\n\n", String(repeating: "y", count: 700)] {
      try subscriber.send(piece)
      try serve { requests.append($0) }
    }
    #expect(requests == ["acknowledge fall", "x"])
    try subscriber.send("\nafter\n")
    try serve { requests.append($0) }
    #expect(requests == ["acknowledge fall", "x", "after"], "one too long costs itself alone")
  }

  @Test func `half a request is not the next subscriber's`() throws {
    var subscriber: Descriptor? = try subscribe()
    try subscriber!.send("acknowledge ")
    try serve()
    subscriber = nil
    #expect(subscriber == nil)
    try serve()
    let next = try subscribe()
    try next.send("fall\n")
    var requests: [String] = []
    try serve { requests.append($0) }
    #expect(requests == ["fall"])
  }

  @Test func `a process with too many connections loses its oldest`() throws {
    let other = try subscribe(process: 1)
    let own = try (0..<PipelineLimits.seatsPerProcess).map { _ in try subscribe(process: 2) }
    let (ours, theirs) = try socketPair()
    guard case .seatedInPlace(let evicted) = subscribers.add(ours, process: 2, at: 0) else {
      Issue.record("one more than a process may have")
      return
    }
    #expect(try theirs.events(1)[0]["type"] == .string("hello"))
    let words = try own[0].events(1)
    #expect(words[0]["reason"]?.string?.contains("4 connections a process") == true)
    #expect(evicted.raw != ours.raw)
    publish("{\"n\":1}")
    for seated in [other, theirs] + own.dropFirst() {
      #expect(try seated.events(1).map(number) == [1])
    }
  }

  @Test func `when all seats are taken, the process with the most loses its oldest`() throws {
    let many = try (0..<3).map { _ in try subscribe(process: 1) }
    let others = try (0..<PipelineLimits.subscribersMax - 3).map { _ in try subscribe() }
    let (ours, theirs) = try socketPair()
    guard case .seatedInPlace = subscribers.add(ours, process: -1, at: 0) else {
      Issue.record("locked out")
      return
    }
    #expect(try many[0].events(1)[0]["type"] == .string("error"))
    #expect(try theirs.events(1)[0]["type"] == .string("hello"))
    publish("{\"n\":1}")
    for seated in others + many.dropFirst() {
      #expect(try seated.events(1).map(number) == [1])
    }
  }

  @Test func `one that asks too much is told once and not read from for a second`() throws {
    let spammer = try subscribe()
    var requests = 0
    for _ in 0..<100 { try spammer.send("read x\n") }
    try serve(at: 1) { _ in requests += 1 }
    #expect(requests == Int(PipelineLimits.requestsAtOnce))
    let answers = try spammer.events(1)
    #expect(answers.count == 1)
    #expect(answers[0]["reason"]?.string?.hasPrefix("too many requests") == true)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty, "it costs nothing meanwhile")
    publish("{\"n\":1}")
    #expect(try spammer.events(1).map(number) == [1], "it still hears of everything")
    subscribers.resume(at: PipelineLimits.deafNanoseconds)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
    let later = 1 + PipelineLimits.deafNanoseconds
    subscribers.resume(at: later)
    try serve(at: later) { _ in requests += 1 }
    #expect(requests == Int(PipelineLimits.requestsAtOnce + PipelineLimits.requestsPerSecond))
    #expect(try spammer.events(1).count == 1, "told again, once")
  }

  @Test func `bytes that are no request cost as much`() throws {
    let spammer = try subscribe()
    try spammer.send([UInt8](repeating: 0x78, count: 128 * 60))
    try serve(at: 1)
    #expect(try spammer.events(1).count == 1)
    #expect(try poller.wait(timeoutMilliseconds: 0).isEmpty)
  }

  @Test func `one that is not read from frees its seat when it leaves`() throws {
    var spammer: Descriptor? = try subscribe()
    for _ in 0..<100 { try spammer!.send("read x\n") }
    try serve(at: 1)
    spammer = nil
    #expect(spammer == nil)
    #expect(try serve(at: 2).count == 1)
    let next = try subscribe()
    var requests: [String] = []
    try next.send("status\n")
    try serve(at: 3) { requests.append($0) }
    #expect(requests == ["status"])
  }
}
