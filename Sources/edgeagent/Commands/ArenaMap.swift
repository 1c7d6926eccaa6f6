import EdgeRuntime
import Text

/// Shows the arena as a picture, then as a list. In the picture a column is an operator, a row is a
/// piece of the arena, and a letter is a tensor.
///
///     offset  0123456
///          0  aaccee·
///        512  abbdd·f
struct ArenaMap {
  private static let rowsMax = 24
  /// A terminal of 80 columns has room for these beside the offsets. More operators make another
  /// picture.
  private static let columnsMax = 60
  private static let nameMax = 28
  private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
  private static let scratchMark = UInt8(ascii: "+")
  private static let nothingMark = UInt8(ascii: ".")

  private let model: Model
  /// Tensors in the order of their first use, then of their place, so that neighbours get different
  /// letters.
  private let tensors: [PlannedTensor]
  private let scratch: [PlannedTensor]

  init(_ model: Model, _ interpreter: Interpreter) {
    self.model = model
    let plan = interpreter.plan
    tensors = plan.filter { $0.tensor != nil }.sorted { a, b in
      (a.firstNode, a.offset, a.tensor ?? 0) < (b.firstNode, b.offset, b.tensor ?? 0)
    }
    scratch = plan.filter { $0.tensor == nil }
  }

  func text() -> String {
    guard model.arenaBytes > 0 else { return "" }
    var text = ""
    for first in stride(from: 0, to: model.nodes.count, by: Self.columnsMax) {
      text += picture(first..<min(first + Self.columnsMax, model.nodes.count))
    }
    return text + legend()
  }

  // MARK: The picture

  private func picture(_ columns: Range<Int>) -> String {
    let rows = min(Self.rowsMax, (model.arenaBytes + 15) / 16)
    let rowBytes = (model.arenaBytes / rows + 15) / 16 * 16
    var text =
      "\narena during operators \(columns.lowerBound) to \(columns.upperBound - 1), a row "
      + "\(Decimal.grouped(rowBytes)) bytes (+ scratch)\n\n"
    if columns.upperBound > 10 {
      text += heading("", columns) { $0 % 10 == 0 ? $0 / 10 % 10 : nil }
    }
    text += heading("offset", columns) { $0 % 10 }
    for row in 0..<rows {
      let offset = row * rowBytes
      guard offset < model.arenaBytes else { break }
      let bytes = offset..<min(offset + rowBytes, model.arenaBytes)
      let marks = columns.map { mark(node: $0, bytes) }
      text +=
        Decimal.right(Decimal.grouped(offset), width: 10) + "  "
        + String(decoding: marks, as: UTF8.self) + "\n"
    }
    return text
  }

  private func heading(
    _ title: String, _ columns: Range<Int>, _ digit: (Int) -> Int?
  ) -> String {
    let digits = columns.map { digit($0).map { UInt8(ascii: "0") + UInt8($0) } ?? 0x20 }
    return Decimal.right(title, width: 10) + "  " + String(decoding: digits, as: UTF8.self) + "\n"
  }

  /// The letter of the tensor that covers most of these bytes while the operator runs.
  private func mark(node: Int, _ bytes: Range<Int>) -> UInt8 {
    var (mark, most) = (Self.nothingMark, 0)
    for position in tensors.indices {
      let covered = Self.covered(tensors[position], node, bytes)
      // Two tensors may share a place. The later one stands for both.
      if covered > 0, covered >= most { (mark, most) = (letter(position), covered) }
    }
    for place in scratch {
      let covered = Self.covered(place, node, bytes)
      if covered > most { (mark, most) = (Self.scratchMark, covered) }
    }
    return mark
  }

  private static func covered(_ place: PlannedTensor, _ node: Int, _ bytes: Range<Int>) -> Int {
    guard place.firstNode <= node, node <= place.lastNode else { return 0 }
    return bytes.clamped(to: place.offset..<(place.offset + place.bytes)).count
  }

  private func letter(_ position: Int) -> UInt8 { Self.letters[position % Self.letters.count] }

  // MARK: The list

  private func legend() -> String {
    var text = "\n  tensor     offset      bytes  operators    place         name\n"
    for (position, place) in tensors.enumerated() {
      guard let tensor = place.tensor else { continue }
      text +=
        "\(Character(UnicodeScalar(letter(position)))) " + Decimal.right("\(tensor)", width: 5)
        + Decimal.right(Decimal.grouped(place.offset), width: 12)
        + Decimal.right(Decimal.grouped(place.bytes), width: 11) + "  "
        + Decimal.left(life(place), width: 13) + Decimal.left(sharing(place), width: 14)
        + name(tensor) + "\n"
    }
    return text + "\noperators: first and last that use it; place: own, "
      + "is N: shares N's bytes, over N: overwrites N\n"
  }

  private func life(_ place: PlannedTensor) -> String {
    let first = place.firstNode < 0 ? "input" : "\(place.firstNode)"
    let last = place.lastNode >= model.nodes.count ? "output" : "\(place.lastNode)"
    return "\(first) to \(last)"
  }

  private func sharing(_ place: PlannedTensor) -> String {
    if let other = place.aliasOf { return "is \(other)" }
    if let other = place.writtenOver { return "over \(other)" }
    return "own"
  }

  /// The name is cut, so that a line fits a terminal; `--json` has the whole name.
  private func name(_ tensor: Int) -> String {
    let name = TerminalText.printable(model.tensors[tensor].name)
    return name.utf8.count <= Self.nameMax ? name : name.prefix(Self.nameMax - 3) + "..."
  }
}
