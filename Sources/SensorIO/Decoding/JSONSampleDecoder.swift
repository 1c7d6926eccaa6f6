import Text

/// Decodes one document with a value for each field, in any order and at any depth:
/// `{"ax":1.5,"env":{"t":20}}`, `[1,[2,3]]`. It skips all other values, whatever they are.
///
///     12, true           a value; a truth value is 1 or 0
///     nan, .5, 0x1F      what is no JSON is read as the text of a cell; nothing is empty
///     null               null
///     "12"               text, unless numbers in strings are declared
///     {…}, […]           text
final class JSONSampleDecoder {
  /// An object or array on the way to a field.
  private struct Level {
    var node = 0
    /// The child that is expected next: a member to begin the search with, or an element that has
    /// not come yet.
    var child = 0
    /// The place of the next element.
    var index = 0
  }
  private typealias Levels = InlineArray<17, Level>

  private let settings: JSONSettings
  private let cells: TextCells
  private let paths: JSONPaths

  init(_ settings: JSONSettings, fields: [FieldSettings], clock: ClockSettings?) {
    self.settings = settings
    cells = TextCells(fields)
    var all = fields.map { field in
      if case .path(let path)? = field.place { path } else { [JSONStep.member(field.name)] }
    }
    if case .path(let path)? = clock?.place { all.append(path) }
    paths = JSONPaths(all)
    precondition(SensorLimits.pathStepsMax < Levels.count)
  }

  /// Hot.
  ///
  /// - Returns: false when the frame is nothing.
  /// - Complexity: linear, by the members that are wanted of one object at worst.
  func read(
    _ frame: UnsafeRawBufferPointer, into readings: SampleReadings
  ) throws(DecodeError) -> Bool {
    let text = LineText.trimmed(LineText.unmarked(frame))
    guard !text.isEmpty else { return false }
    do throws(DocumentError) {
      var tokenizer = JSONTokenizer(text, takesWords: true)
      try read(&tokenizer, into: readings)
      return true
    } catch {
      switch error {
      case .json(let error): throw .jsonMalformed(error)
      case .decode(let error): throw error
      }
    }
  }

  /// A document's fault as the tokenizer or as this decoder sees it.
  private enum DocumentError: Error {
    case json(JSONError)
    case decode(DecodeError)
  }

  private func read(
    _ tokenizer: inout JSONTokenizer, into readings: SampleReadings
  ) throws(DocumentError) {
    let root = paths.nodes[0]
    let isArray: Bool
    switch try next(&tokenizer) {
    case .objectStart? where !root.members.isEmpty: isArray = false
    case .arrayStart? where !root.elements.isEmpty: isArray = true
    default: throw .decode(.notAnObject)
    }
    var levels = Levels(repeating: Level())
    levels[0] = isArray ? array(0) : object(0)
    var depth = 0
    while depth >= 0, let token = try next(&tokenizer) {
      var value = token
      let child: Int?
      switch token {
      case .objectEnd, .arrayEnd:
        depth -= 1
        continue
      case .key(let name):
        child = member(name, &levels[depth])
        guard let following = try next(&tokenizer) else { return }
        value = following
      default: child = element(&levels[depth])
      }
      if let child {
        try put(value, of: child, into: readings)
        let node = paths.nodes[child]
        switch value {
        case .objectStart where !node.members.isEmpty:
          depth += 1
          levels[depth] = object(child)
          continue
        case .arrayStart where !node.elements.isEmpty:
          depth += 1
          levels[depth] = array(child)
          continue
        default: break
        }
      }
      try skip(value, &tokenizer)
    }
    _ = try next(&tokenizer)  // nothing may follow
  }

  private func next(_ tokenizer: inout JSONTokenizer) throws(DocumentError) -> JSONToken? {
    do throws(JSONError) { return try tokenizer.next() } catch { throw .json(error) }
  }

  private func object(_ node: Int) -> Level {
    Level(node: node, child: paths.nodes[node].members.lowerBound)
  }

  private func array(_ node: Int) -> Level {
    Level(node: node, child: paths.nodes[node].elements.lowerBound)
  }

  /// The child of that name, if any.
  private func member(_ name: JSONText, _ level: inout Level) -> Int? {
    guard let child = paths.member(name, of: level.node, from: level.child) else { return nil }
    let members = paths.nodes[level.node].members
    level.child = child + 1 < members.upperBound ? child + 1 : members.lowerBound
    return child
  }

  /// The child that the next element is, if any.
  private func element(_ level: inout Level) -> Int? {
    defer { level.index += 1 }
    let elements = paths.nodes[level.node].elements
    guard level.child < elements.upperBound, paths.nodes[level.child].index == level.index else {
      return nil
    }
    level.child += 1
    return level.child - 1
  }

  /// Steps over the rest of a value of which this is the first token.
  private func skip(
    _ token: JSONToken, _ tokenizer: inout JSONTokenizer
  ) throws(DocumentError) {
    switch token {
    case .objectStart, .arrayStart:
      do throws(JSONError) { try tokenizer.skipRest() } catch { throw .json(error) }
    default: break
    }
  }

  /// Puts a value into its slots.
  private func put(
    _ token: JSONToken, of child: Int, into readings: SampleReadings
  ) throws(DocumentError) {
    let first = paths.nodes[child].slot
    var slot: Int? = first < 0 ? nil : first
    while let each = slot {
      try take(token, slot: each, into: readings)
      slot = paths.slot(after: each)
    }
  }

  private func take(
    _ token: JSONToken, slot: Int, into readings: SampleReadings
  ) throws(DocumentError) {
    guard slot < readings.clockSlot else {
      if case .number(let number) = token {
        readings.clock.pointee = ClockReading(text: number.bytes, point: UInt8(ascii: "."))
      }
      return
    }
    if settings.duplicates == .refuse, readings.fields[slot].fault != .missing {
      throw .decode(.fieldDuplicate(field: slot))
    }
    readings.fields[slot] = reading(token, slot)
  }

  private func reading(_ token: JSONToken, _ slot: Int) -> Reading {
    switch token {
    case .number(let number): .value(number.double)
    case .bool(let isTrue): .value(isTrue ? 1 : 0)
    case .null: .fault(.null)
    case .word(let bytes): cells.reading(bytes, slot: slot)
    case .string(let text) where settings.takesNumbersInStrings:
      cells.reading(LineText.trimmed(text.bytes), slot: slot)
    default: .fault(.text)
    }
  }
}
