/// A value of a TOML document and where it stands.
package struct TOMLValue {
  package let place: SourcePlace
  package let content: TOMLContent
}

package enum TOMLContent {
  case string(String)
  case integer(Int64)
  case float(Double)
  case boolean(Bool)
  /// `1979-05-27T07:32:00.5Z`: valid by the calendar, with `T` and `Z` in upper case and the
  /// fraction as it was written. `date` and the others alike.
  case offsetDateTime(String)
  case localDateTime(String)
  case localDate(String)
  case localTime(String)
  case array(TOMLArray)
  case table(TOMLTable)
}

/// An array; a class, so that `[[header]]` appends in place.
package final class TOMLArray {
  package fileprivate(set) var elements: [TOMLValue]
  /// Made by `[[header]]`: only such an array grows after it was written.
  let isOfHeaders: Bool

  init(_ elements: [TOMLValue], isOfHeaders: Bool = false) {
    self.elements = elements
    self.isOfHeaders = isOfHeaders
  }

  package func append(_ value: TOMLValue) { elements.append(value) }

  /// Every element is a table, and there is one.
  package var isOfTables: Bool {
    !elements.isEmpty
      && elements.allSatisfy { element in
        guard case .table = element.content else { return false }
        return true
      }
  }
}

/// A table's entries in the order they were written; a class, so that headers and dotted keys
/// fill it in place.
package final class TOMLTable {
  package let place: SourcePlace
  var origin: TOMLTableOrigin
  package private(set) var entries: [TOMLEntry] = []

  init(place: SourcePlace, origin: TOMLTableOrigin) {
    self.place = place
    self.origin = origin
  }

  /// Keys are equal when their bytes are: "é" in one scalar and in two are two keys.
  ///
  /// - Complexity: the keys of the table, at most `TOMLLimits.tableKeysMax`.
  package func index(of key: String) -> Int? {
    entries.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }

  package func entry(_ key: String) -> TOMLEntry? { index(of: key).map { entries[$0] } }

  package func append(_ entry: TOMLEntry) { entries.append(entry) }
  package func replace(at index: Int, with entry: TOMLEntry) { entries[index] = entry }
}

/// A key, where it stands, and its value.
package struct TOMLEntry {
  package let key: String
  package let place: SourcePlace
  package let value: TOMLValue

  package init(key: String, place: SourcePlace, value: TOMLValue) {
    (self.key, self.place, self.value) = (key, place, value)
  }

  /// Its value and where that stands, when it is a string.
  package var placedText: (text: String, place: SourcePlace)? {
    guard case .string(let text) = value.content else { return nil }
    return (text, value.place)
  }
}

/// How a table came to be: it decides who may still add to it.
enum TOMLTableOrigin: Equatable {
  /// On the way to a longer header; its own header may still come.
  case implied
  case header
  /// By dotted keys under the header or in the inline table of that number; only these add to it.
  case dotted(section: Int)
  /// In braces: complete.
  case inline
}
