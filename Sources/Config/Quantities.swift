import Text

/// Durations as text, `"20ms"`: a whole number and a unit, with nothing between them.
package enum DurationText {
  /// The longest unit comes first.
  static let units: [(name: String, nanoseconds: Int64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1000), ("ns", 1),
  ]

  /// Nil for a text that is no duration, and for a duration that 64 bits of nanoseconds (292 years)
  /// cannot hold.
  package static func nanoseconds(_ text: String) -> Int64? {
    guard let (count, unit) = splitQuantity(text) else { return nil }
    guard let length = nanoseconds(ofUnit: unit) else { return nil }
    let (product, overflows) = count.multipliedReportingOverflow(by: length)
    return overflows ? nil : product
  }

  /// People write days. `text` writes hours, as most settings are shorter than a day.
  private static func nanoseconds(ofUnit unit: Substring.UTF8View) -> Int64? {
    if unit.elementsEqual("d".utf8) { return 86_400_000_000_000 }
    return units.first { unit.elementsEqual($0.name.utf8) }?.nanoseconds
  }

  /// The text in the longest unit that gives a whole number.
  package static func text(nanoseconds: Int64) -> String {
    for unit in units where nanoseconds != 0 && nanoseconds % unit.nanoseconds == 0 {
      return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
    return "0s"
  }

  /// The same, rounded up to three digits at most, for a sentence.
  static func rounded(nanoseconds: Int64) -> String {
    var step: Int64 = 1
    while nanoseconds / step >= 1000 { step *= 10 }
    return text(nanoseconds: (nanoseconds + step - 1) / step * step)
  }
}

/// Sizes as text: `"16MiB"`.
package enum MemoryText {
  /// Nil for a text that is no size in KiB or MiB, and for a size that does not fit 64 bits.
  package static func bytes(_ text: String) -> Int? {
    guard let (count, unit) = splitQuantity(text) else { return nil }
    let shift = unit.elementsEqual("KiB".utf8) ? 10 : unit.elementsEqual("MiB".utf8) ? 20 : 0
    guard shift > 0, count <= Int64.max >> Int64(shift) else { return nil }
    return Int(exactly: count << Int64(shift))
  }

  static func text(bytes: Int) -> String {
    bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes >> 10)KiB"
  }
}

/// The digits at the begin as a number, and the text after them.
private func splitQuantity(_ text: String) -> (count: Int64, unit: Substring.UTF8View)? {
  let digits = text.utf8.prefix(while: Digits.isDecimal)
  let unit = text.utf8.dropFirst(digits.count)
  guard let count = Int64(String(Substring(digits))) else { return nil }
  return (count, unit)
}
