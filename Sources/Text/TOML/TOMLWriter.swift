/// Writes a table as TOML again: a line for each key, and tables inside it in braces. Whoever reads
/// the text gets an equal table; comments and the form of numbers are lost.
package enum TOMLWriter {
  @export(interface)
  package static func text(of table: TOMLTable) -> String {
    var text = ""
    for entry in table.entries {
      text += "\(key(entry.key)) = \(value(entry.value.content))\n"
    }
    return text
  }

  private static func key(_ key: String) -> String {
    let isBare =
      !key.isEmpty
      && key.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    return isBare ? key : TOMLText.quoted(key)
  }

  private static func value(_ content: TOMLContent) -> String {
    switch content {
    case .string(let text): return TOMLText.quoted(text)
    case .integer(let number): return "\(number)"
    case .float(let number): return "\(number)"
    case .boolean(let isTrue): return isTrue ? "true" : "false"
    case .offsetDateTime(let text), .localDateTime(let text), .localDate(let text),
      .localTime(let text):
      return text
    case .array(let array):
      return "[" + array.elements.map { value($0.content) }.joined(separator: ", ") + "]"
    case .table(let table):
      let members = table.entries.map { "\(key($0.key)) = \(value($0.value.content))" }
      return members.isEmpty ? "{}" : "{ \(members.joined(separator: ", ")) }"
    }
  }
}
