/// A value of a TOML document and its place in the file.
package struct TOMLValue {
  package let place: SourcePlace
  package let content: TOMLContent
}

/// A value without its place.
package enum TOMLContent {
  case string(String)
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  /// `1979-05-27T07:32:00.5Z`: valid by the calendar, with `T` and `Z` in upper case and the
  /// fraction as it was written. The same holds for the next three cases.
  case offsetDateTime(String)
  case localDateTime(String)
  case localDate(String)
  case localTime(String)
  case array(TOMLArray)
  case table(TOMLTable)
}

/// An array. It is a class, so that `[[header]]` appends in place.
package final class TOMLArray {
  package fileprivate(set) var elements: [TOMLValue]
  /// True when `[[header]]` made it: only such an array grows later.
  let isOfHeaders: Bool

  init(_ elements: [TOMLValue], isOfHeaders: Bool = false) {
    self.elements = elements
    self.isOfHeaders = isOfHeaders
  }

  package func append(_ value: TOMLValue) { elements.append(value) }

  /// True when there is at least one element and each is a table.
  package var isOfTables: Bool {
    !elements.isEmpty
      && elements.allSatisfy { element in
        guard case .table = element.content else { return false }
        return true
      }
  }
}

/// A table's entries in the order in which they were written. It is a class, so that headers and
/// dotted keys fill it in place.
package final class TOMLTable {
  package let place: SourcePlace
  var origin: TOMLTableOrigin
  package private(set) var entries: [TOMLEntry] = []

  init(place: SourcePlace, origin: TOMLTableOrigin) {
    self.place = place
    self.origin = origin
  }

  /// The place of a key among the entries; nil if there is none. Keys are equal when their bytes
  /// are equal: "é" as one scalar and "é" as two scalars are different keys.
  ///
  /// - Complexity: linear in the keys of the table, at most `TOMLLimits.tableKeysMax`.
  package func index(of key: String) -> Int? {
    entries.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }

  package func entry(_ key: String) -> TOMLEntry? { index(of: key).map { entries[$0] } }

  package func append(_ entry: TOMLEntry) { entries.append(entry) }
  package func replace(at index: Int, with entry: TOMLEntry) { entries[index] = entry }
}

/// A key, its place in the file, and its value.
package struct TOMLEntry {
  package let key: String
  package let place: SourcePlace
  package let value: TOMLValue

  package init(key: String, place: SourcePlace, value: TOMLValue) {
    (self.key, self.place, self.value) = (key, place, value)
  }

  /// The value and its place, if the value is a string.
  package var placedText: (text: String, place: SourcePlace)? {
    guard case .string(let text) = value.content else { return nil }
    return (text, value.place)
  }
}

/// What made a table. It decides what may still be added to the table.
enum TOMLTableOrigin: Equatable {
  /// A longer header implied it; a header that defines it may still come.
  case implied
  case header
  /// Dotted keys made it, under the header or in the inline table of that number. Only keys of that
  /// section may add to it.
  case dotted(section: Int)
  /// It was written in braces and is complete.
  case inline
}
