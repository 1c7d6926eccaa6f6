import Text

/// Collects the paths of the numbers in JSON documents.
struct JSONLeafFinder {
  struct Leaf {
    let path: [JSONStep]
    /// How often it was a number, and how often a number in a string.
    var numbers = 0
    var strings = 0

    /// What the value is called: the name nearest to it.
    var label: [UInt8] {
      var label: [UInt8] = []
      for step in path {
        switch step {
        case .member(let name): label = Array(name.utf8)
        case .index(let index): label += [UInt8(ascii: "_")] + Array("\(index)".utf8)
        }
      }
      return label
    }
  }

  private(set) var leaves: [Leaf] = []
  /// Lines that are objects or arrays.
  private(set) var documents = 0

  mutating func add(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      let text = LineText.trimmed(LineText.unmarked(bytes))
      guard text.first == UInt8(ascii: "{") || text.first == UInt8(ascii: "[") else { return }
      documents += 1
      var tokenizer = JSONTokenizer(text, takesWords: true)
      var walk = Walk()
      // What is malformed is the decoder's matter.
      do throws(JSONError) {
        while let token = try tokenizer.next() { take(token, &walk) }
      } catch {}
    }
  }

  /// Where a walk through a document is.
  private struct Walk {
    var path: [JSONStep] = []
    /// Of each open array the next index; nil for an object.
    var open: [Int?] = []

    mutating func beginValue() {
      if let last = open.last, let index = last { path.append(.index(index)) }
    }

    mutating func endValue() {
      guard let last = open.last else { return }
      path.removeLast()
      if let index = last { open[open.count - 1] = index + 1 }
    }
  }

  private mutating func take(_ token: JSONToken, _ walk: inout Walk) {
    switch token {
    case .key(let name): walk.path.append(.member(name.string))
    case .objectStart:
      walk.beginValue()
      walk.open.append(nil)
    case .arrayStart:
      walk.beginValue()
      walk.open.append(0)
    case .objectEnd, .arrayEnd:
      walk.open.removeLast()
      walk.endValue()
    case .number:
      walk.beginValue()
      note(walk.path) { $0.numbers += 1 }
      walk.endValue()
    case .string(let text):
      walk.beginValue()
      if DecimalNumber.parse(text.bytes) != nil { note(walk.path) { $0.strings += 1 } }
      walk.endValue()
    case .bool, .null, .word:
      walk.beginValue()
      walk.endValue()
    }
  }

  private mutating func note(_ path: [JSONStep], _ count: (inout Leaf) -> Void) {
    guard (1...SensorLimits.pathStepsMax).contains(path.count),
      path.allSatisfy(Self.canBeWritten)
    else { return }
    if let place = leaves.firstIndex(where: { $0.path == path }) {
      count(&leaves[place])
    } else if leaves.count < 4 * FindingLimits.fieldsMax {
      var leaf = Leaf(path: path)
      count(&leaf)
      leaves.append(leaf)
    }
  }

  /// Names that a path in the configuration can have.
  private static func canBeWritten(_ step: JSONStep) -> Bool {
    switch step {
    case .index(let index): return index < 10_000
    case .member(let name):
      let reserved = Array(".[]/$\"\\".utf8)
      return (1...64).contains(name.utf8.count)
        && name.utf8.allSatisfy { $0 >= 0x20 && !reserved.contains($0) }
    }
  }
}
