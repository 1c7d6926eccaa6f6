import Text

/// Why a configuration or a model's manifest was refused: all its faults, in the order of the files
/// and of the places in them.
package struct ConfigurationError: Error, Equatable {
  /// 1…`ConfigurationLimits.faultsMax`
  var faults: [ConfigurationFault]
  /// The count of faults that were found and left out.
  var omitted: Int = 0

  /// - Parameter files: the files, in the order in which their faults are listed.
  @export(interface)
  package init(_ faults: [ConfigurationFault], files: [String] = []) {
    precondition(!faults.isEmpty)
    let sorted = faults.sorted { a, b in
      let (fileOfA, fileOfB) = (
        files.firstIndex(of: a.place.file), files.firstIndex(of: b.place.file)
      )
      return (fileOfA ?? 0, a.place.line, a.place.column)
        < (fileOfB ?? 0, b.place.line, b.place.column)
    }
    self.faults = Array(sorted.prefix(ConfigurationLimits.faultsMax))
    omitted = sorted.count - self.faults.count
  }
}

/// One fault that the user must correct. `ConfigurationMessages` makes the sentence.
package struct ConfigurationFault: Error, Equatable, Sendable {
  package var place: SourcePlace
  var kind: ConfigurationFaultKind
}

/// What is wrong, without the place.
package enum ConfigurationFaultKind: Equatable, Sendable {
  /// The code is the system's error number.
  case unreadable(code: Int32)
  case tooManyFiles(found: Int)
  case syntax(TOMLErrorKind)

  case unknownKey(String, in: ConfigurationTable, known: [String])
  case missingKey(String, in: ConfigurationTable)
  /// The key has no meaning with the other settings.
  case notApplicable(key: String, in: ConfigurationTable, onlyWith: ConfigurationContext)

  case unexpected(
    key: String, in: ConfigurationTable, found: FoundValue, expected: ExpectedValue)
  /// The value has a meaning, but this version does not support it.
  case unsupportedValue(
    key: String, in: ConfigurationTable, found: String, supported: [String])
  case count(key: String, in: ConfigurationTable, found: Int, expected: ClosedRange<Int>)
  /// A value that may be there only once is there again.
  case duplicate(key: String, in: ConfigurationTable, found: String, first: SourcePlace)
  /// The value names something that is not defined.
  case undefined(
    key: String, in: ConfigurationTable, found: String, what: ConfigurationTable, known: [String])

  case agentTooOld(minimum: SemanticVersion, agent: SemanticVersion)
  case fieldMissing(feature: String, unit: String, at: SourcePlace)
  case unitMismatch(feature: String, unit: String, at: SourcePlace, fieldUnit: String)
}

/// The table that a key is in.
package enum ConfigurationTable: Equatable, Sendable {
  case root
  case agent, events, store, sync, wantedModel, sensor, field, pipeline, trial, alert
  case input, feature, preprocess, output, limits
  case key
}

/// What a key needs if it is not always allowed.
package enum ConfigurationContext: Equatable, Sendable {
  case serialPort, binaryFraming, lengthFraming, binaryDecoding
  case store, registry, mlflowRegistry, uplink, mlflowUplink, certificate, proxy
}

/// A value as it was written. The text of a string may hold any characters.
package enum FoundValue: Equatable, Sendable {
  case string(String)
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  case dateTime(String)
  case array, table

  init(_ content: TOMLContent) {
    self =
      switch content {
      case .string(let text): .string(text)
      case .integer(let value): .integer(value)
      case .float(let value): .float(value)
      case .boolean(let value): .boolean(value)
      case .offsetDateTime(let text), .localDateTime(let text), .localDate(let text),
        .localTime(let text):
        .dateTime(text)
      case .array: .array
      case .table: .table
      }
  }
}

/// What the user should have written.
package enum ExpectedValue: Equatable, Sendable {
  case boolean, array, table, arrayOfTables
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)
  /// Finite in single precision, in which samples are computed.
  case finiteNumber, nonZeroNumber
  case numberAbove(Double)
  case oneOf([String])
  case oneOfIntegers([Int])
  case text(bytes: ClosedRange<Int>)
  case name, dottedName
  case path(bytesMax: Int)
  case port, model, source, votes, output, version, dateTime, report
  case registry, uplink, proxy, pin, secret, gate
  /// In nanoseconds.
  case duration(ClosedRange<Int64>)
  /// In bytes.
  case memory(ClosedRange<Int>)
}
