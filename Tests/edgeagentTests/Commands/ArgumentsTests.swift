import Testing

@testable import edgeagent

/// Goal: every word of a command line is either understood or named in an error.
/// Method: each form an option can take, and each way to get it wrong.
@Suite struct ArgumentsTests {
  private func parse(_ words: [String]) throws(UsageError) -> Arguments {
    try Arguments(words, flags: ["--json"], valued: ["--runs", "--input"])
  }

  @Test func `options stand anywhere and take their value either way`() throws {
    let arguments = try parse(["--runs", "7", "model", "--json", "--input=a=b"])
    #expect(try arguments.operand("MODEL") == "model")
    #expect(arguments.has("--json"))
    #expect(arguments.value("--input") == "a=b")
    #expect(try arguments.integer("--runs", default: 1, in: 1...10) == 7)
    #expect(try parse(["m"]).integer("--runs", default: 3, in: 1...10) == 3)
  }

  @Test func `two dashes end the options and one alone is an operand`() throws {
    #expect(try parse(["--", "--json"]).operand("MODEL") == "--json")
    #expect(try parse(["-"]).operand("MODEL") == "-")
  }

  @Test func `a number below zero is an operand`() throws {
    for word in ["-1", "-0.5"] {
      #expect(try parse([word, "--json"]).operand("NUMBER") == word)
    }
    #expect(throws: UsageError.self) { try parse(["-x"]) }
  }

  @Test func `every mistake is named`() {
    #expect(throws: UsageError.unknownOption("--rums", known: ["--json", "--runs", "--input"])) {
      try parse(["--rums", "7"])
    }
    #expect(throws: UsageError.valueMissing(option: "--runs")) { try parse(["--runs"]) }
    #expect(throws: UsageError.takesNoValue(option: "--json")) { try parse(["--json=1"]) }
    #expect(throws: UsageError.operandMissing("MODEL")) { try parse([]).operand("MODEL") }
    #expect(throws: UsageError.operandUnexpected("b")) { try parse(["a", "b"]).operand("MODEL") }
    #expect(throws: UsageError.operandUnexpected("a")) { try parse(["a"]).noOperand() }
    #expect(throws: UsageError.optionMissing("--input")) { try parse([]).required("--input") }
    #expect(throws: UsageError.outOfRange(option: "--runs", text: "11", low: 1, high: 10)) {
      try parse(["--runs", "11"]).integer("--runs", default: 1, in: 1...10)
    }
  }
}
