import Testing

@testable import System

/// What messages are checked against: the cases as the source declares them, so that a list in a
/// test cannot fall behind.
enum SourceCases {
  /// The names of an enum's cases, nested enums' left out.
  ///
  /// - Parameter file: below `Sources`.
  static func names(of type: String, in file: String) throws -> Set<String> {
    let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try Files.read("/\(checkout)/Sources/\(file)", bytesMax: 1 << 20)
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.contains("enum \(type)") })
    let indent = lines[start].prefix { $0 == " " }
    var names: Set<String> = []
    for line in lines[(start + 1)...] {
      if line == indent + "}" { break }
      guard line.hasPrefix(indent + "  case ") else { continue }
      names.formUnion(Self.names(in: line.dropFirst(indent.count + 7)))
    }
    #expect(!names.isEmpty)
    return names
  }

  /// `a(b: Int, c: Int), d` → a, d
  private static func names(in list: Substring) -> [String] {
    var (depth, names, name) = (0, [String](), "")
    for character in list + "," {
      if character == "/" && depth == 0 { break }
      if "([<".contains(character) { depth += 1 }
      if depth == 0 && character == "," {
        names.append(name)
        name = ""
      } else if depth == 0 && !" :=".contains(character) {
        name.append(character)
      }
      if ")]>".contains(character) { depth -= 1 }
    }
    return names + (name.isEmpty ? [] : [name])
  }

  /// The case's name of a value.
  static func name(_ value: some Any) -> String {
    String("\(value)".prefix { $0 != "(" })
  }
}

/// One sentence for a log: not empty, on one line, without the words of Swift in it.
func expectSentence(_ text: String, for value: some Any) {
  #expect(!text.isEmpty && text != "refused", "\(value)")
  #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(value): \(text)")
  for word in ["Optional(", "nil", "edgeagent.", "SensorIO.", "EdgeRuntime."] {
    #expect(!text.contains(word), "\(value): \(text)")
  }
}

/// Every case is in the list, and each has a sentence of its own.
func expectSentences<Value>(
  _ values: [Value], of type: String, in file: String, _ message: (Value) -> String
) throws {
  #expect(
    try SourceCases.names(of: type, in: file) == Set(values.map { SourceCases.name($0) }))
  for value in values { expectSentence(message(value), for: value) }
  let sentences = Set(values.map(message))
  #expect(sentences.count == values.count, "two say the same")
}
