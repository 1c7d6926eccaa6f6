/// Text from a file in quotes, safe to show: on one line, cut after 60 characters, without
/// characters that a terminal would obey, and without the secrets of an address. They are hidden
/// before the cut, which could remove the `@` that tells them.
package func quoted(_ text: String) -> String {
  var result = "\""
  for (index, scalar) in SecretText.address(text).unicodeScalars.enumerated() {
    guard index < 60 else { return result + "…\"" }
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    // C0 and C1 controls, and characters that change the direction of the text.
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}",
      "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
      result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

extension [String] {
  /// The texts in quotes, with commas between them: `"a", "b"`.
  package var quotedList: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}
