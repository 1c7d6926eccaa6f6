/// The first thing that is wrong with a TOML document. `TOMLMessages` makes the sentence.
package struct TOMLError: Error, Equatable {
  package var place: SourcePlace
  package var kind: TOMLErrorKind
}

/// What is wrong, without the place.
package enum TOMLErrorKind: Error, Equatable, Sendable {
  case documentTooLong(bytes: Int)
  case tooDeep
  case tooManyValues
  case tooManyKeys

  case invalidUTF8
  /// A control character: below U+0020 except tab, LF and CR LF, or U+007F.
  case controlCharacter(UInt8)

  case expectedKey
  case expectedEquals
  case expectedValue
  case expectedEndOfLine
  case expectedHeaderEnd
  case expectedArrayHeaderEnd
  case expectedArrayCommaOrEnd
  case expectedTableCommaOrEnd
  case newlineInInlineTable
  case trailingCommaInInlineTable
  case multiLineKey

  case stringUnterminated
  case escapeUnknown
  case escapeNotAScalar

  case notAValue(String)
  case numberMalformed(String)
  case integerTooLarge(String)
  case floatTooLarge(String)
  case dateTimeMalformed(String)
  case dateTimeOutOfRange(String)

  /// The key already has a value, or the table already has its header.
  case duplicate(key: String, first: SourcePlace)
  /// A header or dotted key leads through a value that is no table, or through a table that is
  /// complete.
  case notExtensible(key: String, first: SourcePlace)
}
