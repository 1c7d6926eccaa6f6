import Text

/// Names for fields out of what a device calls its values: each once, of `a-z 0-9 _`.
struct FieldNames {
  private(set) var names: [String] = []

  /// - Parameters:
  ///   - text: a label, a column's heading, a member's name.
  ///   - standard: where nothing is left of the text.
  mutating func add(_ text: some Sequence<UInt8>, standard: String) {
    var name: [UInt8] = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): name.append(byte | 0x20)
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        name.append(byte)
      default: if name.last != UInt8(ascii: "_"), !name.isEmpty { name.append(UInt8(ascii: "_")) }
      }
    }
    name = Array(name.prefix(32))
    while name.last == UInt8(ascii: "_") { name.removeLast() }
    // A number alone would look like a column.
    if name.isEmpty || name.allSatisfy(Digits.isDecimal) { name = Array(standard.utf8) + name }
    let base = String(decoding: name, as: UTF8.self)
    var unique = base
    var number = 2
    while names.contains(where: { $0.utf8.elementsEqual(unique.utf8) }) {
      unique = "\(base)_\(number)"
      number += 1
    }
    names.append(unique)
  }
}
