import SensorIO
import System
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
  case unreadable(Files.Failure)
  case tooManyFiles(found: Int)
  case syntax(TOMLErrorKind)

  case unknownKey(String, in: ConfigurationTable, known: [String])
  case missingKey(String, in: ConfigurationTable)
  /// The key has no meaning with the other settings.
  case notApplicable(key: String, in: ConfigurationTable, onlyWith: ConfigurationContext)

  case unexpected(
    key: String, in: ConfigurationTable, found: FoundValue, expected: ExpectedValue)
  case count(key: String, in: ConfigurationTable, found: Int, expected: ClosedRange<Int>)
  /// A value that may be there only once is there again.
  case duplicate(key: String, in: ConfigurationTable, found: String, first: SourcePlace)
  /// The same key says something else in another table.
  case contradiction(key: String, in: ConfigurationTable, other: SourcePlace)
  /// The value names something that is not defined.
  case undefined(
    key: String, in: ConfigurationTable, found: String, what: ConfigurationTable, known: [String])

  /// Keys of which only one may be there.
  case exclusive(keys: [String], in: ConfigurationTable)
  case missingOneOf([String], in: ConfigurationTable)
  /// A clear level on the wrong side of its level.
  case clearSide(key: String, of: String, in: ConfigurationTable, isInside: Bool)
  /// A condition that needs itself.
  case dependsOnItself(String)
  /// An alert whose suppressor needs the alert itself.
  case suppressesItself(String)
  /// A name that means something already.
  case reserved(String, in: ConfigurationTable)
  /// More outputs that are programs than may run at once.
  case tooManyPrograms(found: Int)
  /// A text for a serial line that is too long once it is filled in.
  case serialTooLong(key: String, bytes: Int)
  /// Times that cannot go together: the shorter one and what it has to be at least.
  case tooShort(
    key: String, in: ConfigurationTable, nanoseconds: Int64, minimum: Int64, ShortReason)
  /// Parts of a frame that contradict each other.
  case packet(PacketProblem)
  /// A field that ends behind the frame's content of that length.
  case fieldBeyondFrame(String, end: Int, bytes: Int)
  /// A comma between columns and in numbers.
  case commaTwice
  /// Framings that do not mark where a frame begins cannot share a wire.
  case wireShared(first: SourcePlace)
  /// Framings of one wire whose frames begin alike and have other lengths, without a check in each
  /// that tells them apart.
  case wireAmbiguous(first: SourcePlace)
  /// More framings than one wire can have.
  case wireCrowded(max: Int)
  /// `join` names a sensor that is joined itself.
  case joinOfJoin(String)
  /// A field's name that two joined sensors have.
  case joinedTwice(String, [String])
  /// Joined sensors that have so many fields together.
  case joinedTooWide(fields: Int)
  /// A field that has to be asked for, without a place.
  case registerMissing(field: String)
  /// A field or a request that goes beyond the last address.
  case beyondAddresses(address: Int, count: Int)
  case modbus(ModbusProblem)
  /// A port that a request cannot be written to.
  case portTakesNoRequests
  /// A prompt so often in a second is more than the line or the agent can do.
  case promptTooOften(hertz: Double, most: Double)
  /// What the sensors of a bus ask for takes longer than the time between two cycles.
  case busTooSlow(needed: Int64, interval: Int64, sensorCount: Int)
  /// No value that the field can have reaches the level; or every one keeps the alert raised.
  case levelBeyondField(String, ClosedRange<Float>, isEndless: Bool)
  /// A row that comes before the one above it.
  case testOrder
  /// A range that every value of the source is in.
  case coversEverything(key: String, in: ConfigurationTable)
  /// A range that no value of the source is in.
  case holdsNothing(key: String, in: ConfigurationTable)
  /// An output that has no health of its own.
  case outputWithoutHealth(String)
  /// A sensor with `stale_after = "0s"` is never stale.
  case neverStale(sensor: String)
  /// A time in a source that holds too few samples.
  case sourceTooShort(nanoseconds: Int64, minimum: Int64)
  /// A time of a share in which the agent looks too rarely.
  case shareTooShort(nanoseconds: Int64, minimum: Int64)
  /// `store` without `[store]`.
  case noStore
  /// A field of a sensor, written like a label of a pipeline.
  case sensorMeant(String, in: ConfigurationTable)
  /// More windows than an hour holds.
  case votesTooLong(of: Int, periodNanoseconds: Int64)

  case agentTooOld(minimum: SemanticVersion, agent: SemanticVersion)
  case fieldMissing(feature: String, unit: String, at: SourcePlace)
  case unitMismatch(feature: String, unit: String, at: SourcePlace, fieldUnit: String)
}

/// The table that a key is in.
package enum ConfigurationTable: Equatable, Sendable {
  case root
  case agent, events, control, store, blackBox, sync, wantedModel, sensor, field, poll, clock
  case pipeline, trial
  case condition, alert, output_
  case test, testInput
  case input, feature, preprocess, output, limits
  case key
}

/// What a key needs if it is not always allowed.
package enum ConfigurationContext: Equatable, Sendable {
  case serialPort, listeningPort, requestPort, iioPort, binaryFraming
  /// A port whose frames have no form of their own.
  case portWithoutScans
  /// A framing that does not ask.
  case otherFramings
  case register, wholeRegister
  /// One of these framings, of these decodings.
  case framings([String]), decodings([String])
  /// A field that is bits.
  case bit
  case store, registry, mlflowRegistry, uplink, mlflowUplink, cloudEventsUplink, certificate, proxy
  case scores
  case sensor, join, watchedScore
  case source, valueSource, stuck, acknowledgement, escalateAfter, sirenOrLamp, sameForm, user
  case outputKind(String)
  /// The clear level that goes with a level.
  case clearKey(String, String)
}

/// Why a time is too short.
package enum ShortReason: Equatable, Sendable {
  /// The time between two samples of the sensor.
  case samplePeriod
  /// The last act of a test's person.
  case lastOrder
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
  case atLeast(Double), atMost(Double)
  case numberWithin(above: Double, atMost: Double)
  case numberBelow(atLeast: Double, below: Double)
  /// `[low, high]`
  case range
  case oneOf([String])
  case oneOfIntegers([Int])
  case text(bytes: ClosedRange<Int>)
  case name, dottedName
  case path(bytesMax: Int)
  case jsonPath, column, fieldPolicy, samplesPerFrame, canIdentifier
  /// So many bytes in hexadecimal.
  case hexadecimalBytes(ClosedRange<Int>)
  case port, model, source, votes, version, dateTime, report
  /// With the names of `[[output]]`.
  case output([String])
  case testOrder, testExpectation
  /// With so many values.
  case testRow(Int)
  case operand, gpioLine, bytes, topic, peer
  case registry, uplink, proxy, pin, secret, gate
  /// In nanoseconds.
  case duration(ClosedRange<Int64>)
  /// In bytes.
  case memory(ClosedRange<Int>)
}
