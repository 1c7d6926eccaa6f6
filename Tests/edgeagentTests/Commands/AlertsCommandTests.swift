import System
import Testing
import TestSupport

@testable import Text
@testable import edgeagent

/// Goal: the command line says exactly what was meant, or what is wrong with it.
/// Method: the request that each line makes; a program that stands in for the core.
@Suite struct AlertsCommandTests {
  private static func request(
    _ action: AlertsCommand.Action, _ words: [String]
  ) throws(UsageError) -> String {
    let arguments = try Arguments(words, flags: action.flags, valued: action.valued)
    let request = try AlertsRequest(action, arguments)
    return JSONWriter.text(request.put)
  }

  @Test(
    arguments: [
      (.list, [], #"{"do":"list"}"#),
      (.ack, ["fall"], #"{"do":"ack","alert":"fall"}"#),
      (
        .ack, ["all", "--by", "Anna", "--note", "seen"],
        #"{"do":"ack","alert":"all","by":"Anna","note":"seen"}"#
      ),
      (.confirm, ["fall", "--episode", "3"], #"{"do":"confirm","alert":"fall","episode":3}"#),
      (
        .shelve, ["fall", "30m", "--once", "--reason", "cable"],
        #"{"do":"shelve","alert":"fall","note":"cable","for":"30m","once":true}"#
      ),
      (
        .service, ["fall", "off", "--reason", "pump"],
        #"{"do":"service","alert":"fall","note":"pump","state":"off"}"#
      ),
      (.pause, ["2m"], #"{"do":"pause","for":"2m"}"#),
      (
        .history, ["--since", "24h", "--alert", "fall"],
        #"{"do":"history","alert":"fall","since":"24h"}"#
      ),
      (.set, ["fall", "above", "0.85"], #"{"do":"set","alert":"fall","level":"above","to":0.85}"#),
      (.set, ["hot", "above", "-1"], #"{"do":"set","alert":"hot","level":"above","to":-1.0}"#),
      (
        .set, ["hot", "outside", "-5", "80"],
        #"{"do":"set","alert":"hot","level":"outside","to":[-5.0,80.0]}"#
      ),
    ] as [(AlertsCommand.Action, [String], String)]) func `a line makes its request`(
      action: AlertsCommand.Action, words: [String], json: String
    ) throws
  {
    #expect(try Self.request(action, words) == json)
  }

  @Test(
    arguments: [
      (.ack, []), (.ack, ["a", "b"]), (.ack, ["a", "--episode", "0"]), (.shelve, ["a"]),
      (.shelve, ["a", "30m"]), (.shelve, ["a", "soon", "--reason", "r"]), (.pause, []),
      (.service, ["a", "maybe", "--reason", "r"]), (.service, ["a", "off"]),
      (.set, ["a", "above"]),
      (.set, ["a", "above", "high"]), (.set, ["a", "above", "1", "2", "3"]), (.list, ["a"]),
      (.history, ["a"]), (.unset, ["a", "--by"]), (.list, ["--by", "x"]),
    ] as [(AlertsCommand.Action, [String])]) func `a wrong line is a usage error`(
      action: AlertsCommand.Action, words: [String]
    )
  {
    #expect(throws: UsageError.self) { try Self.request(action, words) }
    do {
      try AlertsCommand.execute([action.rawValue] + words)
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 2)
      #expect(error.lines.last == "usage: edgeagent alerts \(action.usage)")
    }
  }

  @Test(
    arguments: [
      (.pause, ["soon"], .operand("soon", .duration)),
      (.shelve, ["a", "soon", "--reason", "r"], .operand("soon", .duration)),
      (.service, ["a", "maybe", "--reason", "r"], .operand("maybe", .onOrOff)),
      (.set, ["a", "above", "high"], .operand("high", .number)),
      (.set, ["a", "above"], .operandMissing("NUMBER")),
    ] as [(AlertsCommand.Action, [String], UsageError)]) func `a wrong word is told what it is for`(
      action: AlertsCommand.Action, words: [String], fault: UsageError
    )
  {
    #expect(throws: fault) { try Self.request(action, words) }
  }

  @Test func `without an agent it says so`() throws {
    let folder = TestFolder()
    for words in [["list"], ["ack", "fall"], ["set", "a", "below", "-5"], []] {
      do {
        try AlertsCommand.execute(words + ["--socket", "\(folder.path)/control.sock"])
        Issue.record("taken")
      } catch {
        #expect(error.exitCode == 1)
        #expect(error.lines.first == "no agent listens at \(folder.path)/control.sock")
      }
    }
    #expect(throws: Failure.self) {
      try StatusCommand.execute(["--socket", "\(folder.path)/control.sock"])
    }
  }

  @Test func `the core's error and remedy are shown, and pages become one list`() throws {
    let folder = TestFolder()
    let path = "\(folder.path)/control.sock"
    let core = try StandIn(
      path,
      [
        #"{"ok":false,"error":"fall: nothing stands","remedy":"there is nothing to do"}"#,
        #"{"ok":true,"do":"list","alerts":[{"alert":"a"}],"more":1}"#,
        #"{"ok":true,"do":"list","alerts":[{"alert":"b"}]}"#, "no JSON",
      ])
    let hasStarted = Thread.start("core") { core.run() }
    #expect(hasStarted)
    let client = try ControlClient(Arguments(["--socket", path], valued: ["--socket"]))
    do {
      _ = try client.ask { $0.member("do", "ack") }
      Issue.record("taken")
    } catch {
      #expect(error.exitCode == 1)
      #expect(error.lines == ["fall: nothing stands", "there is nothing to do"])
    }
    let list = try client.askAll("alerts") { $0.member("do", "list") }
    #expect(list["alerts"]?.array?.map { $0["alert"]?.string } == ["a", "b"])
    #expect(list["more"] == nil)
    #expect(throws: Failure.self) { try client.ask { $0.member("do", "status") } }
  }

  /// Answers the lines of one client, one by one.
  private final class StandIn: Sendable {
    private let listener: UnixListener
    private let answers: [String]

    init(_ path: String, _ answers: [String]) throws {
      (listener, self.answers) = (try UnixListener.open(path: path), answers)
    }

    func run() {
      _ = Wait.isReady(listener.descriptor.raw, milliseconds: 2000)
      guard let peer = try? listener.accept() else { return }
      for answer in answers {
        guard let line = try? peer.receive(), !line.isEmpty else { return }
        _ = try? peer.send(answer + "\n")
      }
    }
  }
}
