/// Decodes values with labels before them: `Temp: 23.4, Hum:55.1`, in any order.
///
/// It passes over labels that no field has, and words without a value. Of a label that is there
/// twice the last value counts.
final class LabelSampleDecoder {
  private let assignment: UInt8
  private let cutting: CellCutting
  private let cells: TextCells
  private let labels: NameTable

  init(_ settings: LabelSettings, fields: [FieldSettings], clock: ClockSettings?) {
    assignment = settings.assignment
    cutting = CellCutting(settings.separator)
    cells = TextCells(fields)
    var labels = fields.enumerated().map { slot, field in
      if case .label(let name)? = field.place {
        (slot: slot, name: name)
      } else {
        (slot: slot, name: field.name)
      }
    }
    if case .label(let name)? = clock?.place { labels.append((fields.count, name)) }
    self.labels = NameTable(labels)
  }

  /// Hot.
  ///
  /// - Returns: false when the line is nothing.
  /// - Complexity: linear, by the labels at worst.
  func read(
    _ frame: UnsafeRawBufferPointer, into readings: SampleReadings
  ) throws(DecodeError) -> Bool {
    let line = LineText.unmarked(frame)
    guard !LineText.isBlank(line) else { return false }
    let isOdd = LineText.isOdd(line)
    var (index, from) = (0, 0)
    while index < line.count {
      let label = token(line, from: &index)
      if isOdd { try check(label) }
      skipBlanks(line, &index)
      guard index < line.count, line[index] == assignment else {
        if index < line.count, cutting.separates(line[index]) { index += 1 }
        continue
      }
      index += 1
      let value = value(line, from: &index)
      if isOdd { try check(value) }
      guard let entry = labels.entry(named: label, from: from) else { continue }
      from = labels.after(entry)
      var slot: Int? = labels.firstSlot(of: entry)
      while let each = slot {
        cells.take(value, slot: each, into: readings)
        slot = labels.slot(after: each)
      }
    }
    return true
  }

  private func check(_ text: UnsafeRawBufferPointer) throws(DecodeError) {
    guard LineText.isText(text) else { throw .notText }
  }

  /// The text up to a separator or an assignment, which stay.
  private func token(
    _ line: UnsafeRawBufferPointer, from index: inout Int
  ) -> UnsafeRawBufferPointer {
    if cutting.hasBlanks { skipBlanks(line, &index) }
    let start = index
    while index < line.count, line[index] != assignment, !cutting.ends(line[index]) { index += 1 }
    return LineText.trimmed(UnsafeRawBufferPointer(rebasing: line[start..<index]))
  }

  /// The text up to a separator, and steps behind that one.
  private func value(
    _ line: UnsafeRawBufferPointer, from index: inout Int
  ) -> UnsafeRawBufferPointer {
    let before = index
    if cutting.hasBlanks { skipBlanks(line, &index) }
    let start = index
    var hasAssignment = false
    while index < line.count, !cutting.ends(line[index]) {
      hasAssignment = hasAssignment || line[index] == assignment
      index += 1
    }
    if hasAssignment && start > before {
      // `Temp: Hum:55`: what follows is the next label, and this one has no value.
      index = start
      return UnsafeRawBufferPointer(rebasing: line[start..<start])
    }
    let end = index
    skipBlanks(line, &index)
    if index < line.count, cutting.separates(line[index]) { index += 1 }
    return LineText.trimmed(UnsafeRawBufferPointer(rebasing: line[start..<end]))
  }

  private func skipBlanks(_ line: UnsafeRawBufferPointer, _ index: inout Int) {
    while index < line.count, LineText.isBlank(line[index]), !isSeparator(line[index]) {
      index += 1
    }
  }

  /// A tab may separate, and then it is no blank.
  private func isSeparator(_ byte: UInt8) -> Bool { !cutting.hasBlanks && cutting.separates(byte) }
}
