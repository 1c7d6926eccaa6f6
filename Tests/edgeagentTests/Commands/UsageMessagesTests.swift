import TestSupport
import Testing

@testable import Config
@testable import Text
@testable import edgeagent

/// Goal: each fault of a command line has its sentence.
@Suite struct UsageMessagesTests {
  @Test func `every mistake has its sentence`() throws {
    let errors: [UsageError] = [
      .commandMissing, .unknownCommand("rnu"), .unknownOption("--jsno", known: ["--json"]),
      .valueMissing(option: "--runs"), .takesNoValue(option: "--json"), .optionMissing("--config"),
      .operandMissing("MODEL"), .operandUnexpected("x"), .action("x", choices: ["new"]),
      .reference("fall"), .wantedModel("a@"), .registry(.address("ftp:x")),
      .uplink(.address("ftp:x")),
      .choice(option: "--speed", text: "x", choices: ["line", "real"]),
      .outOfRange(option: "--runs", text: "0", low: 1, high: 9),
      .url("ftp://x", .scheme), .form(option: "--sha256", .digest),
      .form(option: "--experiment", .line), .optionAlone("--key", needs: "--cert"),
      .operand("high", .number), .operand("soon", .duration), .operand("maybe", .onOrOff),
    ]
    expectSentences(errors) {
      $0.message
    }
    #expect(errors[1].message == "unknown command \"rnu\"; did you mean \"run\"?")
    #expect(errors[2].message == "unknown option --jsno; did you mean \"--json\"?")
    #expect(UsageError.unknownCommand("xyzzy-plugh").message == "unknown command \"xyzzy-plugh\"")
  }
}
