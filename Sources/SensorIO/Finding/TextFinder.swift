import Text

/// Finds what lines of text carry: JSON, labels with values, or columns.
///
/// It proposes separators, labels, columns and paths from the first lines. Whether a proposal is
/// right, the decoder of that form says, on all of them.
struct TextFinder {
  private let capture: WireCapture
  private let framing: FramingSettings
  private let lines: [[UInt8]]

  /// Nil where most of the bytes are no lines of text.
  init?(_ capture: WireCapture) {
    self.capture = capture
    var settings = LineSettings()
    let first = capture.read([.line(settings)]) { _, _, _ in }
    if first.payloadsTooLong > 0 { settings.bytesMax = SensorLimits.lineBytesRange.upperBound }
    framing = .line(settings)
    let all = capture.frames(framing, max: FindingLimits.linesMax).filter { line in
      line.withUnsafeBytes { !LineText.isBlank($0) }
    }
    // As `LineText.isText`, but for what ports leave between cells.
    lines = all.filter { line in
      line.allSatisfy { $0 >= 0x20 && $0 != 0x7F || LineText.isBlank($0) }
    }
    guard !lines.isEmpty, 2 * lines.count >= all.count else { return nil }
  }

  func hypotheses() -> [WireHypothesis] {
    (json() + labels() + tables()).compactMap { proposal in
      guard let trial = WireTrial([proposal.sensor], on: capture), trial.sensors[0].samples > 0
      else { return nil }
      var hypothesis = WireHypothesis(
        sensors: trial.sensors, proof: .text, explained: trial.explained)
      // What a proposal leaves out of the lines may be what matters.
      hypothesis.fit = 0.5 + 0.4 * proposal.quality + 0.1 * trial.valued
      return hypothesis
    }
  }

  private struct Proposal {
    let sensor: FoundSensor
    /// The share of the lines' content that it takes, 0...1.
    let quality: Double
  }

  private func proposal(
    _ decoding: DecodingSettings, _ names: [String], _ places: [FieldPlace?], _ quality: Double
  ) -> Proposal {
    let fields = zip(names, places).map { name, place in
      FieldSettings(name: name, place: Self.isNamed(place, name) ? nil : place)
    }
    return Proposal(
      sensor: FoundSensor(framing: framing, decoding: decoding, fields: fields), quality: quality)
  }

  /// Whether the field's name says where it stands.
  private static func isNamed(_ place: FieldPlace?, _ name: String) -> Bool {
    switch place {
    case .label(let label)?: label.utf8.elementsEqual(name.utf8)
    case .path(let steps)?: steps == [.member(name)]
    default: false
    }
  }

  /// So many of so many lines are enough for a label or a path: devices send some values seldom.
  private func isFrequent(_ count: Int, of all: Int) -> Bool { 10 * count >= 3 * all }

  // MARK: columns

  /// The best way to cut the lines into columns.
  private func tables() -> [Proposal] {
    let hasComma = lines.contains { $0.contains(.comma) }
    let separators: [CellSeparator] = [
      .byte(.comma), .byte(.semicolon), .byte(.tab), .byte(UInt8(ascii: "|")), .blanks,
    ]
    var best: (proposal: Proposal, columns: Int)?
    for separator in separators {
      for hasDecimalComma in [false, true] {
        guard !hasDecimalComma || hasComma && separator != .byte(.comma) else { continue }
        guard let (proposal, columns) = table(separator, hasDecimalComma) else { continue }
        let isBetter =
          best.map {
            (proposal.quality, columns) > ($0.proposal.quality, $0.columns)
          } ?? true
        if isBetter { best = (proposal, columns) }
      }
    }
    return best.map { [$0.proposal] } ?? []
  }

  private enum Cell { case number, empty, text }

  private func cells(_ line: UnsafeRawBufferPointer, _ cutting: CellCutting, point: UInt8) -> [Cell]
  {
    var cells: [Cell] = []
    var scanner = CellScanner(LineText.unmarked(line), cutting)
    while let cell = scanner.next() {
      guard cells.count < SensorLimits.columnsMax else { break }
      cells.append(
        cell.isEmpty ? .empty : DecimalNumber.parse(cell, point: point) == nil ? .text : .number)
    }
    return cells
  }

  private func table(
    _ separator: CellSeparator, _ hasDecimalComma: Bool
  ) -> (Proposal, columns: Int)? {
    let cutting = CellCutting(separator, hasDecimalComma: hasDecimalComma)
    let point: UInt8 = hasDecimalComma ? .comma : UInt8(ascii: ".")
    let rows = lines.map { line in line.withUnsafeBytes { cells($0, cutting, point: point) } }
    // The count of columns that most lines with a number have.
    var counts: [Int] = []
    for row in rows where row.contains(.number) { counts.append(row.count) }
    guard let width = Self.commonest(counts) else { return nil }
    var (numbers, texts) = ([Int](repeating: 0, count: width), [Int](repeating: 0, count: width))
    var (numberCount, cellCount) = (0, 0)
    var heading: Int?
    for (index, row) in rows.enumerated() {
      if row.count == width, width > 1, row.allSatisfy({ $0 == .text }) {
        heading = heading ?? index
        continue
      }
      numberCount += row.count { $0 == .number }
      cellCount += row.count { $0 != .empty }
      guard row.count == width else { continue }
      for (column, cell) in row.enumerated() {
        if cell == .number { numbers[column] += 1 }
        if cell == .text { texts[column] += 1 }
      }
    }
    let columns = Array(
      (0..<width).filter { numbers[$0] > 0 && 2 * numbers[$0] > texts[$0] }
        .prefix(FindingLimits.fieldsMax))
    guard !columns.isEmpty, cellCount > 0 else { return nil }
    let places: [FieldPlace?] = columns.map { columns.count == width ? nil : .column($0) }
    let settings = CSVSettings(
      separator: separator, hasDecimalComma: hasDecimalComma, hasHeader: heading != nil)
    let names = names(columns, heading.map { lines[$0] }, cutting)
    return (
      proposal(.csv(settings), names, places, Double(numberCount) / Double(cellCount)),
      columns.count
    )
  }

  private func names(_ columns: [Int], _ heading: [UInt8]?, _ cutting: CellCutting) -> [String] {
    var headings: [[UInt8]] = []
    heading?.withUnsafeBytes { line in
      var scanner = CellScanner(LineText.unmarked(line), cutting)
      while let cell = scanner.next() { headings.append(Array(cell)) }
    }
    var names = FieldNames()
    for (index, column) in columns.enumerated() {
      let standard = columns.count == 1 ? "value" : "v\(index + 1)"
      names.add(column < headings.count ? headings[column] : [], standard: standard)
    }
    return names.names
  }

  private static func commonest(_ counts: [Int]) -> Int? {
    var best: (value: Int, count: Int)?
    for value in counts {
      let count = counts.count { $0 == value }
      if count > best?.count ?? 0 { best = (value, count) }
    }
    return best?.value
  }

  // MARK: labels

  private func labels() -> [Proposal] {
    var best: Proposal?
    for assignment in [UInt8(ascii: ":"), UInt8(ascii: "=")] {
      guard lines.contains(where: { $0.contains(assignment) }) else { continue }
      let separators: [CellSeparator] = [
        .any, .byte(.comma), .byte(.semicolon), .byte(.tab), .blanks,
      ]
      for separator in separators {
        guard let proposal = labels(assignment, separator) else { continue }
        if proposal.quality > best?.quality ?? 0 { best = proposal }
      }
    }
    return best.map { [$0] } ?? []
  }

  private func labels(_ assignment: UInt8, _ separator: CellSeparator) -> Proposal? {
    let cutting = CellCutting(separator)
    var found: [(label: [UInt8], count: Int)] = []
    for line in lines {
      for label in Self.labels(in: line, assignment, cutting) {
        if let place = found.firstIndex(where: { $0.label == label }) {
          found[place].count += 1
        } else if found.count < 4 * FindingLimits.fieldsMax {
          found.append((label, 1))
        }
      }
    }
    // A device may print each value on a line of its own.
    let most = found.map { $0.count }.max() ?? 0
    let kept = found.filter { isFrequent($0.count, of: most) }.prefix(FindingLimits.fieldsMax)
    guard !kept.isEmpty else { return nil }
    var names = FieldNames()
    for (label, _) in kept { names.add(label, standard: "v") }
    let places: [FieldPlace?] = kept.map { .label(String(decoding: $0.label, as: UTF8.self)) }
    let settings = DecodingSettings.labels(
      LabelSettings(assignment: assignment, separator: separator))
    let all = proposal(settings, names.names, places, 0)
    // Of all that was assigned, what the decoder reads as numbers.
    guard let trial = WireTrial([all.sensor], on: capture) else { return nil }
    let assigned = lines.reduce(0) { $0 + $1.count { $0 == assignment } }
    let values = found.reduce(0) { $0 + $1.count }
    let lineShare = Double(trial.sensors[0].samples) / Double(max(1, lines.count))
    let quality = Double(values) / Double(max(1, assigned)) * min(1, lineShare)
    return Proposal(sensor: all.sensor, quality: min(1, quality))
  }

  /// What stands before an assignment with a number behind it.
  private static func labels(
    in line: [UInt8], _ assignment: UInt8, _ cutting: CellCutting
  ) -> [[UInt8]] {
    var labels: [[UInt8]] = []
    for place in line.indices where line[place] == assignment {
      var end = place
      while end > 0, line[end - 1] == .space { end -= 1 }
      var start = end
      while start > 0, !cutting.ends(line[start - 1]), line[start - 1] != assignment { start -= 1 }
      while start < end, line[start] == .space { start += 1 }
      let label = Array(line[start..<end])
      let isWord = label.contains { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
      var value = place + 1
      while value < line.count, line[value] == .space { value += 1 }
      var valueEnd = value
      while valueEnd < line.count, !cutting.ends(line[valueEnd]) { valueEnd += 1 }
      let isNumber = line[value..<valueEnd].withUnsafeBytes {
        DecimalNumber.parse(LineText.trimmed($0)) != nil
      }
      if isWord, isNumber, label.count <= 64 { labels.append(label) }
    }
    return labels
  }

  // MARK: JSON

  private func json() -> [Proposal] {
    var finder = JSONLeafFinder()
    for line in lines { finder.add(line) }
    guard finder.documents > 0 else { return [] }
    let numbers = finder.leaves.filter { isFrequent($0.numbers, of: finder.documents) }
    let strings = finder.leaves.filter {
      isFrequent($0.strings, of: finder.documents) && $0.numbers == 0
    }
    let kept = (numbers.isEmpty ? strings : numbers).prefix(FindingLimits.fieldsMax)
    guard !kept.isEmpty else { return [] }
    var names = FieldNames()
    for leaf in kept { names.add(leaf.label, standard: "v") }
    let quality = Double(finder.documents) / Double(lines.count)
    let places: [FieldPlace?] = kept.map { .path($0.path) }
    func proposal(_ duplicates: JSONSettings.Duplicates) -> Proposal {
      let settings = JSONSettings(
        takesNumbersInStrings: numbers.isEmpty, duplicates: duplicates)
      return self.proposal(.json(settings), names.names, places, quality)
    }
    let strict = proposal(.refuse)
    guard let trial = WireTrial([strict.sensor], on: capture), trial.sensors[0].badFrames > 0 else {
      return [strict]
    }
    // The strict form stands where both do as well.
    let last = WireTrial([proposal(.last).sensor], on: capture)?.sensors[0].samples ?? 0
    return [last > 2 * trial.sensors[0].samples ? proposal(.last) : strict]
  }
}
