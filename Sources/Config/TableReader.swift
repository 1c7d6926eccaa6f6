import Text

/// Reads the values of one table and notes what is wrong with them.
///
/// Every function returns nil for a value that is absent or wrong, so that the caller goes on to
/// the next key and the user sees all faults at once. Nil for a required key means that a fault was
/// noted.
package struct TableReader {
  let table: TOMLTable
  let name: ConfigurationTable
  let faults: FaultList

  var place: SourcePlace { table.place }

  /// Notes every key that is not among `known`.
  ///
  /// - Parameter known: nil where another reader of the table notes them.
  package init(
    _ table: TOMLTable, _ name: ConfigurationTable, known: [String]?, faults: FaultList
  ) {
    (self.table, self.name, self.faults) = (table, name, faults)
    guard let known else { return }
    for entry in table.entries where !known.contains(bytesOf: entry.key) {
      faults.note(.unknownKey(entry.key, in: name, known: known), at: entry.place)
    }
  }

  // MARK: Entries

  package func optional(_ key: String) -> TOMLEntry? { table.entry(key) }

  /// Notes a fault if there is no such key.
  package func required(_ key: String) -> TOMLEntry? {
    let entry = table.entry(key)
    if entry == nil { faults.note(.missingKey(key, in: name), at: place) }
    return entry
  }

  /// The place where the value of a key begins, or the table's place if there is no such key.
  package func place(of key: String) -> SourcePlace { table.entry(key)?.value.place ?? place }

  /// Notes each of these keys that is there: they have no meaning with the other settings.
  package func noteNotApplicable(_ keys: [String], _ context: ConfigurationContext) {
    for key in keys {
      guard let entry = optional(key) else { continue }
      faults.note(.notApplicable(key: key, in: name, onlyWith: context), at: entry.place)
    }
  }

  // MARK: Values

  /// The result of `convert` for a value. If `convert` returns nil, a fault is noted.
  package func value<Result>(
    _ entry: TOMLEntry?, _ expected: ExpectedValue, _ convert: (TOMLContent) -> Result?
  ) -> Result? {
    guard let entry else { return nil }
    if let result = convert(entry.value.content) { return result }
    let found = FoundValue(entry.value.content)
    faults.note(
      .unexpected(key: entry.key, in: name, found: found, expected: expected),
      at: entry.value.place)
    return nil
  }

  /// The result of `parse` for a string. If `parse` returns nil, a fault is noted.
  package func parsed<Result>(
    _ entry: TOMLEntry?, _ expected: ExpectedValue, _ parse: (String) -> Result?
  ) -> Result? {
    value(entry, expected) { content in
      guard case .string(let text) = content else { return nil }
      return parse(text)
    }
  }

  /// A string of the kind `expected`: a name, a dotted name, a path, or text on one line.
  package func text(_ entry: TOMLEntry?, _ expected: ExpectedValue) -> String? {
    parsed(entry, expected) { text in
      let isAccepted =
        switch expected {
        case .name: ConfigurationText.isName(text)
        case .dottedName: ConfigurationText.isDottedName(text)
        case .path(let bytesMax): ConfigurationText.isPath(text, bytesMax: bytesMax)
        case .text(let bytes): ConfigurationText.isLine(text, bytes: bytes)
        default: preconditionFailure("not a text")
        }
      return isAccepted ? text : nil
    }
  }

  package func integer(_ entry: TOMLEntry?, in range: ClosedRange<Int>) -> Int? {
    value(entry, .integer(range)) { content in
      guard case .integer(let value) = content, let value = Int(exactly: value),
        range.contains(value)
      else { return nil }
      return value
    }
  }

  /// A number; an integer is one, too.
  package func number(_ entry: TOMLEntry?, _ expected: ExpectedValue) -> Double? {
    value(entry, expected) { content in
      let number: Double
      switch content {
      case .integer(let value): number = Double(value)
      case .float(let value): number = value
      default: return nil
      }
      let isAccepted =
        switch expected {
        case .number(let range): range.contains(number)
        case .finiteNumber: Float(number).isFinite
        case .nonZeroNumber: Float(number).isFinite && Float(number) != 0
        case .numberAbove(let min): Float(number).isFinite && Float(number) > Float(min)
        case .atLeast(let min): Float(number).isFinite && number >= min
        case .atMost(let max): Float(number).isFinite && number <= max
        case .numberWithin(let low, let high): number > low && number <= high
        case .numberBelow(let low, let high): number >= low && number < high
        default: preconditionFailure("not a number")
        }
      return isAccepted ? number : nil
    }
  }

  func boolean(_ entry: TOMLEntry?) -> Bool? {
    value(entry, .boolean) { content in
      guard case .boolean(let value) = content else { return nil }
      return value
    }
  }

  /// A duration in nanoseconds.
  package func duration(_ entry: TOMLEntry?, in range: ClosedRange<Int64>) -> Int64? {
    parsed(entry, .duration(range)) { text in
      guard let nanoseconds = DurationText.nanoseconds(text), range.contains(nanoseconds) else {
        return nil
      }
      return nanoseconds
    }
  }

  /// One of several words.
  package func choice<Value>(_ entry: TOMLEntry?, _ choices: [(String, Value)]) -> Value? {
    let words = choices.map { $0.0 }
    return parsed(entry, .oneOf(words)) { text in
      words.firstIndex(bytesOf: text).map { choices[$0].1 }
    }
  }

  // MARK: Arrays and tables

  /// The elements of an array, each as an entry of the same key. A count outside `counts` is a
  /// fault, and then this returns none.
  package func elements(_ entry: TOMLEntry?, _ counts: ClosedRange<Int>) -> [TOMLEntry]? {
    let array = value(entry, .array) { content in
      guard case .array(let array) = content else { return nil as TOMLArray? }
      return array
    }
    guard let entry, let array else { return nil }
    guard counts.contains(array.elements.count) else {
      faults.note(
        .count(key: entry.key, in: name, found: array.elements.count, expected: counts),
        at: entry.value.place)
      return nil
    }
    return array.elements.map { TOMLEntry(key: entry.key, place: $0.place, value: $0) }
  }

  package func subtable(_ entry: TOMLEntry?) -> TOMLTable? {
    value(entry, .table) { content in
      guard case .table(let table) = content else { return nil }
      return table
    }
  }

  /// The tables of `[[key]]`; an empty array if there are none, nil if the value is something else.
  /// More than `max` tables are a fault, noted at the first table above `max`, but all tables are
  /// returned.
  package func subtables(_ key: String, max: Int) -> [TOMLTable]? {
    guard let entry = optional(key) else { return [] }
    let tables: [TOMLTable]? = value(entry, .arrayOfTables) { content in
      guard case .array(let array) = content else { return nil }
      let tables = array.elements.compactMap { element -> TOMLTable? in
        guard case .table(let table) = element.content else { return nil }
        return table
      }
      return tables.count == array.elements.count ? tables : nil
    }
    if let tables, tables.count > max {
      faults.note(
        .count(key: key, in: name, found: tables.count, expected: 0...max), at: tables[max].place)
    }
    return tables
  }
}

extension [String] {
  /// The place of a text with the same bytes. Swift's `==` also takes strings as equal that have
  /// different bytes but look the same; the agent's words must have the same bytes.
  package func firstIndex(bytesOf text: String) -> Int? {
    firstIndex { $0.utf8.elementsEqual(text.utf8) }
  }

  package func contains(bytesOf text: String) -> Bool { firstIndex(bytesOf: text) != nil }
}
