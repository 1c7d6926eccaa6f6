/// Numbers for people: with a fixed count of decimals, or with commas between thousands.
package enum Decimal {
  /// Rounds half away from zero, to 0…6 decimals. From 9 × 10^12 on it writes the shortest text.
  package static func text(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    guard value.magnitude < 9e12 else { return "\(value)" }
    var unit: Int64 = 1
    for _ in 0..<decimals { unit *= 10 }
    let scaled = Int64((value.magnitude * Double(unit)).rounded())
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return sign + "\(scaled)" }
    let fraction = "\(scaled % unit)"
    let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
    return sign + "\(scaled / unit).\(zeros)\(fraction)"
  }

  /// 1234567 → `1,234,567`
  package static func grouped(_ value: Int) -> String {
    let digits = Array("\(value.magnitude)".utf8)
    var text = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text += String(decoding: [digit], as: UTF8.self)
    }
    return text
  }

  /// `1 sensor`, `2 sensors`
  package static func count(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `text` filled with spaces on the left.
  package static func right(_ text: String, width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  /// `text` filled with spaces on the right.
  package static func left(_ text: String, width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
