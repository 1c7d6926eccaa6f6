import Text

/// Tells a web page from the answer of a protocol.
///
/// A guest network answers every request with its login page and status 200. Over plain http
/// nothing else shows that it is not the server who answers.
enum WebPage {
  /// What a page begins with, behind blanks and the mark of UTF-8.
  private static let beginnings = ["<!doctype html", "<html"]

  /// - Parameter body: the whole body, or its first bytes.
  static func isOne(_ head: ResponseHead, _ body: [UInt8]) -> Bool {
    let type = head.value("content-type").map { ASCII.lowered($0) } ?? ""
    if type.hasPrefix("text/html") || type.hasPrefix("application/xhtml") { return true }
    return isOne(body)
  }

  static func isOne(_ body: [UInt8]) -> Bool {
    var text = body[...]
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
    text = text.drop { $0 == 0x20 || 9...13 ~= $0 }
    let words = ASCII.lowered(text.prefix(16))
    return beginnings.contains { words.hasPrefix($0) }
  }
}

/// Whether a 2xx is a receipt.
enum Receipt {
  /// Some receivers answer 200 and tell in the body that they did not take the events.
  ///
  /// - Returns: what the body says against the receipt; nil for nothing.
  static func objection(in body: [UInt8]) -> String? {
    guard let first = body.first(where: { $0 != 0x20 && !(9...13 ~= $0) }),
      first == UInt8(ascii: "{"), let value = Server.parsed(body)
    else { return nil }
    return objection(in: value)
  }

  static func objection(in value: JSONValue) -> String? {
    for name in ["error", "errors", "error_code"] {
      guard let member = value[name], isSomething(member) else { continue }
      return member.string.map { "\(name): \(TerminalText.printable(String($0.prefix(100))))" }
        ?? name
    }
    return value["success"]?.bool == false ? "success: false" : nil
  }

  /// `"error": null`, `"errors": []` and the like say that there was none.
  private static func isSomething(_ value: JSONValue) -> Bool {
    switch value {
    case .null: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .number(let value): value != 0
    case .string(let text): !text.isEmpty
    case .array(let elements): !elements.isEmpty
    case .object(let members): !members.isEmpty
    }
  }
}
