import SensorIO
import Text

/// Paths into a JSON value as people write them: `SI7021.Temperature`, `[1][0]`, `axes[2].value`.
enum JSONPathText {
  /// Nil for a text that is no path.
  static func steps(_ text: String) -> [JSONStep]? {
    var steps: [JSONStep] = []
    var rest = Substring(text).utf8
    // These are paths of other kinds: `/list/0`, `$.list[0]`.
    guard let first = rest.first, first != UInt8(ascii: "/"), first != UInt8(ascii: "$") else {
      return nil
    }
    var isFirst = true
    while let byte = rest.first {
      if byte == UInt8(ascii: "[") {
        guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else { return nil }
        let digits = rest[rest.index(after: rest.startIndex)..<end]
        guard (1...4).contains(digits.count), digits.allSatisfy(Digits.isDecimal),
          let index = Int(String(Substring(digits)))
        else { return nil }
        steps.append(.index(index))
        rest = rest[rest.index(after: end)...]
      } else {
        if !isFirst {
          guard byte == UInt8(ascii: ".") else { return nil }
          rest = rest.dropFirst()
        }
        let name = rest.prefix { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[") }
        guard !name.isEmpty else { return nil }
        steps.append(.member(String(Substring(name))))
        rest = rest[name.endIndex...]
      }
      isFirst = false
    }
    return steps.count <= SensorLimits.pathStepsMax ? steps : nil
  }

  /// The text of steps whose names have no dot and no bracket.
  static func text(_ steps: [JSONStep]) -> String {
    var text = ""
    for step in steps {
      switch step {
      case .index(let index): text += "[\(index)]"
      case .member(let name): text += text.isEmpty ? name : ".\(name)"
      }
    }
    return text
  }
}
