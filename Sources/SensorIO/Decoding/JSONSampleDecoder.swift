import Text

/// Decodes one object with a number for each field, in any order: `{"ax":1.5,"t":20}`. It skips all
/// other members.
struct JSONSampleDecoder {
  private let scalings: [FieldScaling]
  /// All names in one array, so that a comparison needs no String.
  private let names: [UInt8]
  private let nameRanges: [Range<Int>]

  init(fields: [FieldSettings]) {
    scalings = fields.map(FieldScaling.init)
    var names: [UInt8] = []
    var ranges: [Range<Int>] = []
    for field in fields {
      let start = names.count
      names.append(contentsOf: field.name.utf8)
      ranges.append(start..<names.count)
    }
    (self.names, nameRanges) = (names, ranges)
  }

  func decode(
    _ frame: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
  ) throws(DecodeError) {
    var tokenizer = JSONTokenizer(frame)
    var seen = FieldSet()
    var expected = 0
    guard case .objectStart = try next(&tokenizer) else { throw .notAnObject }
    while case .key(let name) = try next(&tokenizer) {
      guard let field = field(named: name, from: expected) else {
        do throws(JSONError) { try tokenizer.skipValue() } catch { throw .jsonMalformed(error) }
        continue
      }
      guard seen.insert(field) else { throw .fieldDuplicate(field: field) }
      guard case .number(let number) = try next(&tokenizer) else { throw .notANumber(field: field) }
      values[field] = try scalings[field].physical(number.double, field: field)
      expected = field + 1
    }
    _ = try next(&tokenizer)  // nothing may follow
    for field in scalings.indices where !seen.contains(field) {
      throw .fieldMissing(field: field)
    }
  }

  private func next(_ tokenizer: inout JSONTokenizer) throws(DecodeError) -> JSONToken? {
    do throws(JSONError) { return try tokenizer.next() } catch { throw .jsonMalformed(error) }
  }

  /// The place of the field with that name; nil if there is none. Most senders keep the order of
  /// their members, so the search mostly ends where it starts: at `expected`.
  private func field(named name: JSONText, from expected: Int) -> Int? {
    for step in 0..<nameRanges.count {
      let field = (expected + step) % nameRanges.count
      let isEqual = names.withUnsafeBytes {
        name.equals(UnsafeRawBufferPointer(rebasing: $0[nameRanges[field]]))
      }
      if isEqual { return field }
    }
    return nil
  }
}

/// The set of fields that a frame has brought so far.
private struct FieldSet {
  private var bits = InlineArray<4, UInt64>(repeating: 0)

  func contains(_ field: Int) -> Bool { bits[field / 64] >> (field % 64) & 1 == 1 }

  /// False when the field was in the set already.
  mutating func insert(_ field: Int) -> Bool {
    if contains(field) { return false }
    bits[field / 64] |= 1 << (field % 64)
    return true
  }
}
