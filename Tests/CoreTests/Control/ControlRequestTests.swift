import Testing
import TestSupport

@testable import Core

/// Goal: JSON and plain words mean the same, and nothing is guessed.
@Suite struct ControlRequestTests {
  private static func read(_ line: String) throws(ControlRefusal) -> ControlRequest {
    let bytes = Array(line.utf8)
    let result = bytes.withUnsafeBytes { raw -> Result<ControlRequest, ControlRefusal> in
      do throws(ControlRefusal) {
        return .success(try ControlRequest(raw))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  @Test(arguments: [
    ("list", #"{"do":"list"}"#),
    ("  help ", #"{"do":"help"}"#),
    ("ack fall seen it", #"{"do":"ack","alert":"fall","note":"seen it"}"#),
    (
      "shelve fall 30m the cable", #"{"do":"shelve","alert":"fall","for":"30m","note":"the cable"}"#
    ),
    (
      "service fall off new pump",
      #"{"do":"service","alert":"fall","state":"off","note":"new pump"}"#
    ),
    ("pause 2m", #"{"do":"pause","for":"2m"}"#),
    ("sensor wrist", #"{"do":"sensor","sensor":"wrist"}"#),
    ("set fall above 0.85", #"{"do":"set","alert":"fall","level":"above","to":0.85}"#),
    ("set hot outside -5 80", #"{"do":"set","alert":"hot","level":"outside","to":[-5,80]}"#),
    ("history fall", #"{"do":"history","alert":"fall"}"#),
  ]) func `words mean what the JSON means`(words: String, json: String) throws {
    #expect(try Self.read(words) == Self.read(json))
  }

  @Test func `every key has its place`() throws {
    let request = try Self.read(
      #"{"do":"shelve","alert":"a","by":"b","note":"c","for":"1h","once":true}"#)
    #expect(request.action == .shelve && request.alert == "a" && request.by == "b")
    #expect(request.note == "c" && request.isOnce)
    #expect(request.forNanoseconds == 3_600_000_000_000)
    #expect(try Self.read(#"{"do":"ack","alert":"a","episode":3}"#).episode == 3)
    #expect(try Self.read(#"{"do":"list","after":7}"#).after == 7)
    #expect(try Self.read(#"{"do":"stats","since":"24h"}"#).sinceNanoseconds == 86_400_000_000_000)
  }

  @Test(arguments: [
    #"{"do":"ack","episode":-1}"#, #"{"do":"ack","episode":"3"}"#, #"{"do":"ack","note":3}"#,
    #"{"do":"shelve","for":30}"#, #"{"do":"shelve","for":"0m"}"#, #"{"do":"shelve","for":"-1m"}"#,
    #"{"do":"shelve","once":"yes"}"#, #"{"do":"service","state":"maybe"}"#,
    #"{"do":"set","to":"1"}"#, #"{"do":"set","to":[1]}"#, #"{"do":"set","to":[1,2,3]}"#,
    "pause soon", "set fall above high",
  ]) func `a value of the wrong kind is named`(line: String) {
    #expect {
      try Self.read(line)
    } throws: { error in
      if case .value? = error as? ControlRefusal { true } else { false }
    }
  }

  @Test func `what is no request is refused`() {
    for line in ["{", "{}", "[]", "{\"do\":3}", "", " ", "\u{0}"] {
      #expect(throws: ControlRefusal.self) { try Self.read(line) }
    }
    #expect(throws: ControlRefusal.notTaken("alret", by: .ack)) {
      try Self.read(#"{"do":"ack","alret":"fall"}"#)
    }
    #expect(throws: ControlRefusal.notJSON) { try Self.read(#"{"do":"ack","do":"reset"}"#) }
  }

  @Test(arguments: [
    (#"{"do":"set","alert":"fall","level":"above","to":0.8,"for":"30m"}"#, "for"),
    (#"{"do":"pause","for":"2m","alert":"fall"}"#, "alert"),
    (#"{"do":"shelve","alert":"fall","for":"2m","episode":3,"note":"n"}"#, "episode"),
    (#"{"do":"list","alert":null}"#, "alert"), (#"{"do":"status","do ":1}"#, "do "),
    ("set fall above 0.85 for 30m", "for"), ("list fall", "fall"), ("stats fall", "fall"),
    ("history fall 24h", "24h"),
  ]) func `a key that the action does not take is refused`(line: String, key: String) throws {
    #expect {
      try Self.read(line)
    } throws: { error in
      if case .notTaken(key, _)? = error as? ControlRefusal { true } else { false }
    }
  }

  @Test func `every example takes its keys`() throws {
    for action in ControlAction.allCases {
      let json = action.usage.prefix { $0 != "}" } + "}"
      let request = try Self.read(String(json))
      #expect(request.action == action)
    }
  }

  @Test func `a note cannot write to a terminal or begin a line of a log`() throws {
    let request = try Self.read(#"{"do":"ack","alert":"a","note":"x\ny\u001b[31m\u202e"}"#)
    #expect(request.note == "x y [31m ")
  }

  @Test func `no bytes trap the reader`() {
    var random = SeededGenerator("requests")
    let line = Array(#"{"do":"set","alert":"hot","level":"outside","to":[-5,80]}"#.utf8)
    for _ in 0..<2000 {
      var bytes = line
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random)
      }
      bytes.withUnsafeBytes { _ = try? ControlRequest($0) }
    }
  }
}
