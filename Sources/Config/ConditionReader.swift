import SensorIO
import Text

/// A condition as it was read, before the names in it are resolved.
struct ConditionDraft {
  enum Test {
    case level(ValueSource, LevelSettings)
    case health(HealthSource)
    case combination(Combination, [Operand])
  }

  struct Operand {
    var name: String
    var isNegated: Bool
    var place: SourcePlace
  }

  var name: String
  /// `[[condition]]`, or the `[[alert]]` that it stands in.
  var table: ConfigurationTable
  /// `source`, `all`, `any` or `not`.
  var key: String
  var test: Test
  var ageNanosecondsMax: Int64?
  var place: SourcePlace
  var sourcePlace: SourcePlace
  var levelPlace: SourcePlace

  /// As people read it: `fall.fall`, `all of hot, dry`.
  var text: String
}

/// Reads what `[[condition]]` and `[[alert]]` have in common: a source with its level, or a
/// combination of other conditions.
extension ConfigurationReader {
  static let conditionKeys = [
    "source", "above", "below", "outside", "inside", "clear_below", "clear_above", "clear_inside",
    "clear_outside", "dead_band", "all", "any", "not", "max_age",
  ]
  private static let combinationKeys = ["all", "any", "not"]
  private static let levelKeys = LevelSettings.Kind.allCases.map { $0.key }
  private static let clearKeys = LevelSettings.Kind.allCases.map { $0.clearKey }

  /// Nil only when a fault was noted.
  func namedCondition(_ table: TOMLTable, _ names: DefinedNames) -> ConditionDraft? {
    let condition = TableReader(
      table, .condition, known: ["name"] + Self.conditionKeys, faults: faults)
    let name = condition.text(condition.required("name"), .name)
    return self.condition(condition, name: name ?? "", names).flatMap { name == nil ? nil : $0 }
  }

  /// Nil only when a fault was noted.
  func condition(
    _ table: TableReader, name: String, _ names: DefinedNames
  ) -> ConditionDraft? {
    let found = (["source"] + Self.combinationKeys).filter { table.optional($0) != nil }
    guard found.count <= 1 else {
      faults.note(
        .exclusive(keys: found, in: table.name), at: table.optional(found[1])!.place)
      return nil
    }
    let age = table.duration(
      table.optional("max_age"), in: ConfigurationLimits.ageNanoseconds)
    let key = found.first ?? "source"
    if found.first != "source" { table.noteNotApplicable(["max_age"], .valueSource) }
    guard let (test, text) = key == "source" ? single(table, names) : combination(table, key)
    else { return nil }
    checkReach(of: test, ageNanosecondsMax: age, in: table, names)
    let levelKey = Self.levelKeys.first { table.optional($0) != nil }
    return ConditionDraft(
      name: name, table: table.name, key: key, test: test, ageNanosecondsMax: age,
      place: table.place, sourcePlace: table.place(of: key),
      levelPlace: table.place(of: levelKey ?? "source"), text: text)
  }

  private func combination(
    _ table: TableReader, _ key: String
  ) -> (ConditionDraft.Test, String)? {
    table.noteNotApplicable(Self.levelKeys + Self.clearKeys + ["dead_band"], .source)
    if key == "not" {
      guard let entry = table.optional(key), let name = table.text(entry, .name) else {
        return nil
      }
      let operand = ConditionDraft.Operand(name: name, isNegated: true, place: entry.value.place)
      return (.combination(.all, [operand]), "not \(name)")
    }
    let counts = 1...ConfigurationLimits.operandsMax
    guard let elements = table.elements(table.optional(key), counts) else { return nil }
    let operands = elements.compactMap { element in
      table.parsed(element, .operand) { text in
        let isNegated = text.utf8.starts(with: "not ".utf8)
        let name = isNegated ? String(decoding: text.utf8.dropFirst(4), as: UTF8.self) : text
        return ConfigurationText.isName(name)
          ? ConditionDraft.Operand(name: name, isNegated: isNegated, place: element.value.place)
          : nil
      }
    }
    guard operands.count == elements.count else { return nil }
    let words = operands.map { ($0.isNegated ? "not " : "") + $0.name }
    return (
      .combination(key == "all" ? .all : .any, operands),
      "\(key) of \(words.joined(separator: ", "))"
    )
  }

  private func single(
    _ table: TableReader, _ names: DefinedNames
  ) -> (ConditionDraft.Test, String)? {
    guard let entry = table.required("source"),
      let source = table.parsed(entry, .source, ConditionSourceText.init)
    else {
      // The level is read all the same, for its faults.
      if table.optional("source") == nil { _ = level(table, .share) }
      return nil
    }
    if noteSensorMeant(source, table, entry, names) { return nil }
    check(source, table, entry, names)
    let deadBand = table.number(table.optional("dead_band"), .atLeast(0))
    switch source.kind {
    case .value(let value):
      table.noteNotApplicable(["dead_band"], .stuck)
      guard let level = level(table, value.span) else { return nil }
      return (.level(value, level), source.text)
    case .health(var health):
      table.noteNotApplicable(Self.levelKeys + Self.clearKeys + ["max_age"], .valueSource)
      if case .stuck(let sensor, let field, let over, _) = health {
        health = .stuck(
          sensor: sensor, field: field, overNanoseconds: over, deadBand: deadBand ?? 0)
      } else {
        table.noteNotApplicable(["dead_band"], .stuck)
      }
      return (.health(health), source.text)
    }
  }

  // MARK: levels

  /// - Parameter span: what the values of the source can be, so that a level beyond is never
  ///   reached, or never left.
  private func level(_ table: TableReader, _ span: ValueSpan) -> LevelSettings? {
    let found = Self.levelKeys.filter { table.optional($0) != nil }
    guard found.count <= 1 else {
      faults.note(.exclusive(keys: found, in: table.name), at: table.optional(found[1])!.place)
      return nil
    }
    guard let key = found.first, let kind = LevelSettings.Kind(rawValue: key) else {
      _ = table.required("above")
      return nil
    }
    table.noteNotApplicable(
      Self.clearKeys.filter { $0 != kind.clearKey }, .clearKey(kind.clearKey, key))
    switch kind {
    case .above, .below: return oneSided(table, kind, span)
    case .outside, .inside: return twoSided(table, kind, span)
    }
  }

  private func oneSided(
    _ table: TableReader, _ kind: LevelSettings.Kind, _ span: ValueSpan
  ) -> LevelSettings? {
    let expected: ExpectedValue
    switch (kind, span) {
    case (.above, .share): expected = .numberWithin(above: 0, atMost: 1)
    case (.above, .positive): expected = .numberAbove(0)
    case (_, .share): expected = .numberBelow(atLeast: 0, below: 1)
    case (_, .positive): expected = .atLeast(0)
    case (_, .any): expected = .finiteNumber
    }
    guard let level = table.number(table.optional(kind.key), expected) else { return nil }
    let clearExpected: ExpectedValue
    switch (kind, span) {
    // No such value is below 0, and no share is above 1: such a clear level would never clear.
    case (.above, .share), (.above, .positive):
      clearExpected = .numberWithin(above: 0, atMost: level)
    case (.above, .any): clearExpected = .atMost(level)
    case (_, .share): clearExpected = .numberBelow(atLeast: level, below: 1)
    case (_, .positive), (_, .any): clearExpected = .atLeast(level)
    }
    let clear = table.number(table.optional(kind.clearKey), clearExpected) ?? level
    return LevelSettings(
      kind: kind, low: level, high: level, clearLow: clear, clearHigh: clear)
  }

  private func twoSided(
    _ table: TableReader, _ kind: LevelSettings.Kind, _ span: ValueSpan
  ) -> LevelSettings? {
    let (key, clearKey) = (kind.key, kind.clearKey)
    guard let range = range(table, key, span) else { return nil }
    let clear: ClosedRange<Double>
    if table.optional(clearKey) == nil {
      clear = range
    } else {
      guard let found = self.range(table, clearKey, span) else { return nil }
      // Cleared well inside for `outside`, well outside for `inside`.
      let isRight =
        kind == .outside
        ? range.lowerBound <= found.lowerBound && found.upperBound <= range.upperBound
        : found.lowerBound <= range.lowerBound && range.upperBound <= found.upperBound
      guard isRight else {
        faults.note(
          .clearSide(key: clearKey, of: key, in: table.name, isInside: kind == .outside),
          at: table.place(of: clearKey))
        return nil
      }
      clear = found
    }
    let level = LevelSettings(
      kind: kind, low: range.lowerBound, high: range.upperBound, clearLow: clear.lowerBound,
      clearHigh: clear.upperBound)
    guard let fault = LevelReachFault(level, within: span.range) else { return level }
    let isClear = fault.isEndless && table.optional(clearKey) != nil
    let wrong = isClear ? clearKey : key
    faults.note(
      fault.holdsEverything
        ? .coversEverything(key: wrong, in: table.name) : .holdsNothing(key: wrong, in: table.name),
      at: table.place(of: wrong))
    return nil
  }

  /// `[low, high]`, low below high.
  private func range(
    _ table: TableReader, _ key: String, _ span: ValueSpan
  ) -> ClosedRange<Double>? {
    table.value(table.optional(key), .range) { content -> ClosedRange<Double>? in
      guard case .array(let array) = content, array.elements.count == 2 else { return nil }
      var bounds: [Double] = []
      for element in array.elements {
        switch element.content {
        case .integer(let value): bounds.append(Double(value))
        case .float(let value) where Float(value).isFinite: bounds.append(value)
        default: return nil
        }
      }
      guard bounds[0] < bounds[1] else { return nil }
      if span == .share, bounds[0] < 0 || bounds[1] > 1 { return nil }
      return bounds[0]...bounds[1]
    }
  }

  // MARK: references

  /// `boiler.temperature` where `boiler` is a sensor and no pipeline.
  private func noteSensorMeant(
    _ source: ConditionSourceText, _ table: TableReader, _ entry: TOMLEntry,
    _ names: DefinedNames
  ) -> Bool {
    guard case .value(.score(let name, _)) = source.kind, let pipelines = names.pipelines,
      !pipelines.contains(bytesOf: name), names.sensors?.contains(bytesOf: name) == true
    else { return false }
    faults.note(.sensorMeant(source.text, in: table.name), at: entry.value.place)
    return true
  }

  /// Notes a sensor, field or pipeline that is not defined.
  private func check(
    _ source: ConditionSourceText, _ table: TableReader, _ entry: TOMLEntry,
    _ names: DefinedNames
  ) {
    func undefined(_ found: String, _ what: ConfigurationTable, _ known: [String]) {
      faults.note(
        .undefined(key: entry.key, in: table.name, found: found, what: what, known: known),
        at: entry.value.place)
    }
    if let pipeline = source.pipeline, let known = names.pipelines,
      !known.contains(bytesOf: pipeline)
    {
      undefined(pipeline, .pipeline, known)
    }
    if let sensor = source.sensor, let known = names.sensors {
      guard known.contains(bytesOf: sensor) else { return undefined(sensor, .sensor, known) }
      guard let field = source.field, let settings = names.sensor(sensor) else { return }
      let fields = settings.fields.map { $0.name }
      if !fields.contains(bytesOf: field) { undefined(field, .field, fields) }
    }
  }
}

/// The names that a condition may refer to. Nil where some could not be read: then it is unknown
/// which are undefined.
struct DefinedNames {
  var sensors: [String]?
  var pipelines: [String]?
  /// Complete sensors, for their fields and rates.
  var sensorSettings: [SensorSettings]?
  var hasStore = false

  func sensor(_ name: String) -> SensorSettings? { sensorSettings?.first { $0.name == name } }

  /// Nanoseconds between two readings of a condition that looks at a field; nil for another.
  func samplePeriod(of test: ConditionDraft.Test) -> Int64? {
    switch test {
    case .level(.field(let name, _), _), .level(.derived(let name, _, _, _), _):
      sensor(name)?.periodNanoseconds
    default: nil
    }
  }
}
