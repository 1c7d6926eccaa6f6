import CPlatform
import TestSupport
import Testing

@testable import System
@testable import Text

/// Goal: documents that the TOML community's test suite calls valid are read with the right values,
/// and documents that it calls invalid are refused.
/// Method: every document listed for TOML 1.0.0; values compared in the suite's tagged form.
@Suite struct TOMLConformanceTests {
  @Test(.enabled(if: SharedMaterial.mayUse("conformance/toml"), SharedMaterial.comment))
  func `agrees with the conformance suite`() throws {
    let folder = try SharedMaterial.path("conformance/toml")
    let list = String(decoding: try Self.bytes("\(folder)/files-toml-1.0.0"), as: UTF8.self)
    let documents = list.split(separator: "\n").filter { $0.hasSuffix(".toml") }
    var (valid, invalid) = (0, 0)
    for document in documents {
      let bytes = try Self.bytes("\(folder)/\(document)")
      if document.hasPrefix("valid/") {
        let json = try Self.bytes("\(folder)/\(document.dropLast(5)).json")
        let table = try TOMLReader.read(bytes, file: String(document))
        #expect(
          TaggedTOML.tagged(table) == TaggedTOML.normalized(TestJSON.read(json)), "\(document)")
        valid += 1
      } else {
        #expect(throws: TOMLError.self, "\(document)") {
          try TOMLReader.read(bytes, file: String(document))
        }
        invalid += 1
      }
    }
    print("TOML 1.0.0 conformance: \(valid) valid, \(invalid) invalid documents")
    #expect(documents.count > 0)
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    try Files.read(path, bytesMax: TOMLLimits.documentBytesMax)
  }
}

/// A document in the suite's form: each value as {"type": …, "value": text}.
private enum TaggedTOML {
  static func tagged(_ table: TOMLTable) -> TestJSON {
    .object(unsorted: table.entries.map { (Array($0.key.utf8), tagged($0.value)) })
  }

  private static func tagged(_ value: TOMLValue) -> TestJSON {
    switch value.content {
    case .string(let text): tag("string", text)
    case .integer(let number): tag("integer", "\(number)")
    case .float(let number): tag("float", text(of: number))
    case .boolean(let value): tag("bool", "\(value)")
    case .offsetDateTime(let text): tag("datetime", withoutTrailingZeros(text))
    case .localDateTime(let text): tag("datetime-local", withoutTrailingZeros(text))
    case .localDate(let text): tag("date-local", text)
    case .localTime(let text): tag("time-local", withoutTrailingZeros(text))
    case .array(let array): .array(array.elements.map(tagged))
    case .table(let table): tagged(table)
    }
  }

  /// The expected value, with numbers and fractions of seconds written as the reader gives them.
  static func normalized(_ json: TestJSON) -> TestJSON {
    switch json {
    case .string: return json
    case .array(let elements): return .array(elements.map(normalized))
    case .object(let members):
      guard members.count == 2, case .string(let type) = members[0].value,
        case .string(let text) = members[1].value, members[0].key == Array("type".utf8)
      else { return .object(members.map { ($0.key, normalized($0.value)) }) }
      switch type {
      case "float": return tag(type, Self.text(of: Double(text)!))
      case "datetime", "datetime-local", "time-local":
        return tag(type, withoutTrailingZeros(text))
      default: return json
      }
    }
  }

  private static func tag(_ type: String, _ value: String) -> TestJSON {
    .object([(Array("type".utf8), .string(type)), (Array("value".utf8), .string(value))])
  }

  /// Compares by value: −0 is 0, as in the suite.
  private static func text(of number: Double) -> String {
    number.isNaN ? "nan" : "\(number + 0)"
  }

  /// `56.600Z` → `56.6Z`
  private static func withoutTrailingZeros(_ text: String) -> String {
    guard let point = text.firstIndex(of: ".") else { return text }
    let end = text[point...].dropFirst().firstIndex { !$0.isNumber } ?? text.endIndex
    var fraction = text[point..<end]
    while fraction.hasSuffix("0") { fraction = fraction.dropLast() }
    return "\(text[..<point])\(fraction == "." ? "" : fraction)\(text[end...])"
  }
}
