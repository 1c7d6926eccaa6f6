/// A whole document in memory. For configuration, requests and reports; the hot thread reads
/// tokens.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// Written without fraction and exponent, and within 64 bits: exact.
  case integer(Int64)
  /// Any other number, finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// In the order of the document.
  case object([JSONMember])

  /// The first member of that name; nil for none, and for what is no object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    // Byte by byte: equality of strings would take "é" for "e" and an accent.
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// Exact integers only.
  package var int64: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// Either sort of number, rounded to the nearest.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

package struct JSONMember: Equatable, Sendable {
  package var name: String
  package var value: JSONValue

  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}
