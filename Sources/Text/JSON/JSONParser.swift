/// How to read a document from outside.
package struct JSONOptions: Equatable, Sendable {
  package enum Duplicates: Equatable, Sendable {
    /// Two readers could take different members of the same name: that is an attack or a mistake.
    case refused
    /// All members are kept, in order; a look-up finds the first.
    case kept
  }

  package var duplicates: Duplicates
  /// The most bytes of a document. The parser's memory is a small multiple of it.
  package var bytesMax: Int

  package init(duplicates: Duplicates = .refused, bytesMax: Int = TextLimits.jsonBytesMax) {
    self.duplicates = duplicates
    self.bytesMax = bytesMax
  }
}

extension JSONValue {
  /// Reads a whole document.
  ///
  /// - Throws: an error for everything that `JSONTokenizer` refuses, and for a number out of the
  ///   range of a Double.
  /// - Complexity: n log n for the names of an object, linear for the rest.
  package static func parse(
    _ bytes: UnsafeRawBufferPointer, _ options: JSONOptions = JSONOptions()
  ) throws(JSONError) -> JSONValue {
    guard bytes.count <= options.bytesMax else {
      let fault = JSONFault.tooLong(bytes: bytes.count, bytesMax: options.bytesMax)
      throw JSONError(fault, in: bytes, at: 0)
    }
    var parser = JSONParser(bytes: bytes, options: options)
    return try parser.document()
  }
}

/// Builds values from tokens. It is recursive; the tokenizer bounds the depth.
private struct JSONParser {
  let bytes: UnsafeRawBufferPointer
  let options: JSONOptions
  var tokenizer: JSONTokenizer

  init(bytes: UnsafeRawBufferPointer, options: JSONOptions) {
    self.bytes = bytes
    self.options = options
    tokenizer = JSONTokenizer(bytes)
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value(try next())
    _ = try tokenizer.next()  // nothing may follow
    return value
  }

  private mutating func next() throws(JSONError) -> JSONToken {
    guard let token = try tokenizer.next() else { preconditionFailure() }
    return token
  }

  private mutating func value(_ token: JSONToken) throws(JSONError) -> JSONValue {
    switch token {
    case .null: return .null
    case .bool(let value): return .bool(value)
    case .string(let text): return .string(text.string)
    case .number(let number):
      if let value = number.int64 { return .integer(value) }
      let value = number.double
      guard value.isFinite else { throw tokenizer.error(.numberTooLarge) }
      return .number(value)
    case .arrayStart: return try array()
    case .objectStart: return try object()
    // The tokenizer balances, and was not asked for words.
    case .key, .arrayEnd, .objectEnd, .word: preconditionFailure()
    }
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    while true {
      let token = try next()
      if case .arrayEnd = token { return .array(elements) }
      elements.append(try value(token))
    }
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members: [JSONMember] = []
    var places: [Int] = []
    while case .key(let name) = try next() {
      places.append(tokenizer.offset)
      members.append(JSONMember(name.string, try value(try next())))
    }
    if options.duplicates == .refused, let place = duplicate(members, places) {
      throw JSONError(.memberDuplicate, in: bytes, at: place)
    }
    return .object(members)
  }

  /// The place of the second of two equal names; nil if no name is there twice.
  private func duplicate(_ members: [JSONMember], _ places: [Int]) -> Int? {
    let order = members.indices.sorted { left, right in
      let (first, second) = (members[left].name.utf8, members[right].name.utf8)
      return first.elementsEqual(second) ? left < right : first.lexicographicallyPrecedes(second)
    }
    for (before, after) in zip(order, order.dropFirst())
    where members[before].name.utf8.elementsEqual(members[after].name.utf8) {
      return places[after]
    }
    return nil
  }
}
