/// The smallest JSON reader that reads the expected values of the conformance documents. These are
/// known to be well-formed: anything else traps.
indirect enum TestJSON: Equatable {
  case string(String)
  case array([TestJSON])
  /// Sorted by the bytes of the keys: keys that only look the same are different here, too.
  case object([(key: [UInt8], value: TestJSON)])

  static func == (a: TestJSON, b: TestJSON) -> Bool {
    switch (a, b) {
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): return a == b
    case (.object(let a), .object(let b)):
      return a.count == b.count
        && zip(a, b).allSatisfy { a, b in a.key == b.key && a.value == b.value }
    default: return false
    }
  }

  static func object(unsorted members: [(key: [UInt8], value: TestJSON)]) -> TestJSON {
    .object(members.sorted { $0.key.lexicographicallyPrecedes($1.key) })
  }

  static func read(_ bytes: [UInt8]) -> TestJSON {
    var cursor = TestJSONCursor(bytes: bytes)
    return cursor.value()
  }
}

private struct TestJSONCursor {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func value() -> TestJSON {
    switch next() {
    case UInt8(ascii: "\""): return .string(String(decoding: string(), as: UTF8.self))
    case UInt8(ascii: "["):
      var elements: [TestJSON] = []
      while !take("]") {
        elements.append(value())
        _ = take(",")
      }
      return .array(elements)
    case UInt8(ascii: "{"):
      var members: [(key: [UInt8], value: TestJSON)] = []
      while !take("}") {
        precondition(next() == UInt8(ascii: "\""))
        let key = string()
        precondition(take(":"))
        members.append((key, value()))
        _ = take(",")
      }
      return .object(unsorted: members)
    default: preconditionFailure("not a value at \(position)")
    }
  }

  /// Reads a string; the position is after the opening quote.
  private mutating func string() -> [UInt8] {
    var text: [UInt8] = []
    while bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        position += 1
        text += escape()
      } else {
        text.append(bytes[position])
      }
      position += 1
    }
    position += 1
    return text
  }

  /// Reads an escape; the position is at the letter after the backslash. Leaves the position at the
  /// last character of the escape.
  private mutating func escape() -> [UInt8] {
    switch Unicode.Scalar(bytes[position]) {
    case "b": return [8]
    case "f": return [12]
    case "n": return [10]
    case "r": return [13]
    case "t": return [9]
    case "u":
      var unit = hexadecimal()
      if unit >= 0xD800, unit < 0xDC00 {
        position += 2
        unit = 0x10000 + (unit - 0xD800) << 10 + (hexadecimal() - 0xDC00)
      }
      return Array(String(Character(Unicode.Scalar(unit)!)).utf8)
    default: return [bytes[position]]
    }
  }

  /// Reads the four digits after the letter u.
  private mutating func hexadecimal() -> UInt32 {
    let digits = String(decoding: bytes[position + 1...position + 4], as: UTF8.self)
    position += 4
    return UInt32(digits, radix: 16)!
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func next() -> UInt8 {
    skipSpace()
    position += 1
    return bytes[position - 1]
  }

  private mutating func skipSpace() {
    while [9, 10, 13, 32].contains(bytes[position]) { position += 1 }
  }
}
