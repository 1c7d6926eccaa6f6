/// Which column each slot has: by the settings, or by the header line where a device prints one.
final class ColumnBinding {
  struct Pair {
    let column: Int
    let slot: Int
  }

  /// Slots whose column is in the settings, by column.
  private let fixed: [Pair]
  private let headers: NameTable
  /// By column, so that one walk over a line meets them in order. A slot is there at most once.
  private let bound: UnsafeMutableBufferPointer<Pair>
  private(set) var count = 0
  /// False until the header has come, where one is needed.
  private(set) var isBound = false

  init(fixed: [Pair], headers: [(slot: Int, name: String)]) {
    // Few, at setup.
    self.fixed = fixed.sorted { ($0.column, $0.slot) < ($1.column, $1.slot) }
    self.headers = NameTable(headers)
    bound = .allocate(capacity: fixed.count + headers.count)
    bound.initialize(repeating: Pair(column: 0, slot: 0))
    forget()
  }

  deinit { bound.deallocate() }

  var needsHeader: Bool { !headers.isEmpty }

  subscript(index: Int) -> Pair { bound[index] }

  /// The next header may have another order.
  func forget() {
    (count, isBound) = (0, !needsHeader)
    if isBound { for pair in fixed { append(pair) } }
  }

  /// Hot: takes the order from a header line: one that has any of the names. The first column with
  /// a name is the name's; a name without a column is missing from now on.
  ///
  /// - Returns: false when the line is none; then nothing has changed.
  /// - Complexity: the cells by the names.
  func bind(_ line: UnsafeRawBufferPointer, _ cutting: CellCutting) -> Bool {
    guard needsHeader, isHeader(line, cutting) else { return false }
    (count, isBound) = (0, true)
    var (scanner, column, nextFixed, from) = (CellScanner(line, cutting), 0, 0, 0)
    while let cell = scanner.next() {
      while nextFixed < fixed.count, fixed[nextFixed].column == column {
        append(fixed[nextFixed])
        nextFixed += 1
      }
      if let entry = headers.entry(named: cell, from: from) {
        from = headers.after(entry)
        bind(entry, to: column)
      }
      column += 1
    }
    while nextFixed < fixed.count {
      append(fixed[nextFixed])
      nextFixed += 1
    }
    return true
  }

  private func bind(_ entry: Int, to column: Int) {
    var slot: Int? = headers.firstSlot(of: entry)
    for index in 0..<count where bound[index].slot == slot { return }
    while let each = slot {
      append(Pair(column: column, slot: each))
      slot = headers.slot(after: each)
    }
  }

  private func isHeader(_ line: UnsafeRawBufferPointer, _ cutting: CellCutting) -> Bool {
    var scanner = CellScanner(line, cutting)
    while let cell = scanner.next() {
      if headers.entry(named: cell, from: 0) != nil { return true }
    }
    return false
  }

  private func append(_ pair: Pair) {
    bound[count] = pair
    count += 1
  }
}
