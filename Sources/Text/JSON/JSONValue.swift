/// A whole document in memory, for requests and reports. The hot thread reads tokens instead.
package enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number without fraction and exponent that fits 64 bits; it is exact.
  case integer(Int64)
  /// Any other number, finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  /// The members in the order of the document.
  case object([JSONMember])

  /// The value of the first member of that name; nil if there is none, or if this is no object.
  package subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    // Compares byte by byte: for Swift's strings, "é" equals "e" with an accent after it.
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// The element at that place; nil if there is none, or if this is no array.
  package subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  package var string: String? { if case .string(let value) = self { value } else { nil } }
  package var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  package var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }
  package var isNull: Bool { self == .null }

  /// The integer; nil for any other number.
  package var int64: Int64? { if case .integer(let value) = self { value } else { nil } }

  /// Either kind of number, rounded to the nearest Double.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// A name and a value of an object.
package struct JSONMember: Equatable, Sendable {
  package var name: String
  package var value: JSONValue

  package init(_ name: String, _ value: JSONValue) {
    self.name = name
    self.value = value
  }
}
