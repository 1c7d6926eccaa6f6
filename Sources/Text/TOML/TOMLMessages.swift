extension TOMLErrorKind {
  /// What is wrong and what to write instead; the place is said before it.
  package var message: String {
    switch self {
    case .documentTooLong:
      "the file is longer than \(TOMLLimits.documentBytesMax) bytes; cut it down"
    case .tooDeep: "more than \(TOMLLimits.depthMax) tables and arrays within each other"
    case .tooManyValues: "more than \(TOMLLimits.valuesMax) values in one file"
    case .tooManyKeys: "more than \(TOMLLimits.tableKeysMax) keys in one table"
    case .invalidUTF8: "not UTF-8; save the file as UTF-8"
    case .controlCharacter(0x0D): "carriage return without a line feed; end lines with a line feed"
    case .controlCharacter(let code):
      "control character \(code); remove it, or write it as an escape in a \"...\" string"
    case .expectedKey: "expected a key; put it in quotes unless it is of A-Z a-z 0-9 _ -"
    case .expectedEquals: "expected = after the key"
    case .expectedValue: "expected a value"
    case .expectedEndOfLine: "expected the end of the line"
    case .expectedHeaderEnd: "expected ] at the end of the header"
    case .expectedArrayHeaderEnd: "expected ]] at the end of the header"
    case .expectedArrayCommaOrEnd: "expected , or ] in the array"
    case .expectedTableCommaOrEnd: "expected , or } in the inline table"
    case .newlineInInlineTable: "an inline table must stand on one line; write it as [table]"
    case .trailingCommaInInlineTable: "an inline table must not end with a comma; remove it"
    case .multiLineKey: "a key must stand on one line; quote it once"
    case .stringUnterminated: "the string that begins here does not end; close its quotes"
    case .escapeUnknown:
      "unknown escape; a \"...\" string has \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX, "
        + "and a '...' string none"
    case .escapeNotAScalar: "the escape names no Unicode character"
    case .notAValue(let text): "\(quoted(text)) is no value; put text in quotes"
    case .numberMalformed(let text):
      "\(quoted(text)) is no number; put text in quotes"
    case .integerTooLarge(let text): "\(quoted(text)) does not fit 64 bits"
    case .floatTooLarge(let text): "\(quoted(text)) does not fit double precision"
    case .dateTimeMalformed(let text):
      "\(quoted(text)) is no date or time; write it as 1979-05-27T07:32:00Z, or put text in quotes"
    case .dateTimeOutOfRange(let text): "\(quoted(text)) is not in the calendar or on the clock"
    case .duplicate(let key, let first):
      "\(quoted(key)) is already defined at \(first.text); remove one"
    case .notExtensible(let key, let first):
      "\(quoted(key)) is defined at \(first.text) and cannot be added to here"
    }
  }
}
