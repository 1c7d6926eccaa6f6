/// Hides secrets in text that people and logs see. What is hidden is shown as `***`.
///
/// Addresses end up in logs, on screens and in state files. So nothing shows what stands between
/// `//` and `@` of one, nor the value of a part of its query that is named like a secret. The masks
/// hide rather too much: a path with an `@` loses its host in a message.
package enum SecretText {
  package static let mask = "***"

  /// Hides the secrets of a whole text that is, or was meant to be, one address. It may have blanks
  /// and quotes in its password, since it need not be an address that the agent accepts.
  package static func address(_ text: String) -> String {
    String(decoding: hidden(Array(text.utf8), in: .address), as: UTF8.self)
  }

  /// Hides the secrets of each word of a line.
  package static func line(_ text: String) -> String { words(text, in: .address) }

  /// Hides the secrets of what a server says: also those that are named outside an address, and
  /// the credentials that the server got.
  ///
  /// - Parameter secrets: values of fields that only the server may see.
  package static func answer(_ text: String, secrets: [String]) -> String {
    var text = text
    for secret in secrets {
      text = replacing(secret, in: text)
      // `Bearer abc`: the server may repeat the last word alone.
      if let word = secret.utf8.split(separator: 0x20).last, word.count >= 4 {
        text = replacing(String(decoding: Array(word), as: UTF8.self), in: text)
      }
    }
    return words(text, in: .anywhere)
  }

  // MARK: the parts

  /// Where a `name=value` may be a secret.
  private enum Place { case address, anywhere }

  private static func words(_ text: String, in place: Place) -> String {
    // Most lines have none of these.
    guard text.utf8.contains(where: { $0 == at || $0 == equals }) else { return text }
    var result: [UInt8] = []
    for word in text.utf8.split(separator: 0x20, omittingEmptySubsequences: false) {
      if !result.isEmpty || word.startIndex != text.utf8.startIndex { result.append(0x20) }
      result += hidden(Array(word), in: place)
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Hides one secret after the other: an `@` in a value of the query stands before the one behind
  /// a password, until the value is hidden.
  private static func hidden(_ bytes: [UInt8], in place: Place) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<4 {
      let next = query(userinfo(bytes[...]), in: place)
      if next == bytes { break }
      bytes = next
    }
    return bytes
  }

  private static let at = UInt8(ascii: "@")
  private static let equals = UInt8(ascii: "=")
  private static let slash = UInt8(ascii: "/")
  private static let colon = UInt8(ascii: ":")

  /// Hides what stands between the first `//` and the last `@`. Without `//`, this hides what
  /// looks like `user:password` before the last `@`.
  private static func userinfo(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    guard let end = bytes.lastIndex(of: at) else { return Array(bytes) }
    var start = bytes.startIndex
    var hasSlashes = false
    var index = bytes.startIndex
    while index + 1 < end {
      if bytes[index] == slash, bytes[index + 1] == slash {
        (start, hasSlashes) = (index + 2, true)
        break
      }
      index += 1
    }
    if !hasSlashes {
      start = bytes[..<end].lastIndex(of: slash).map { $0 + 1 } ?? bytes.startIndex
      guard bytes[start..<end].contains(colon) else { return Array(bytes) }
    }
    return Array(bytes[..<start]) + Array(mask.utf8) + Array(bytes[end...])
  }

  /// Hides the values of `name=value` whose name speaks of a secret.
  private static func query(_ bytes: [UInt8], in place: Place) -> [UInt8] {
    guard bytes.contains(equals) else { return bytes }
    var result: [UInt8] = []
    var index = 0
    var nameStart = place == .anywhere ? 0 : nil
    while index < bytes.count {
      let byte = bytes[index]
      result.append(byte)
      index += 1
      if "?&;#".utf8.contains(byte) { nameStart = index }
      guard byte == equals, let start = nameStart else { continue }
      nameStart = nil
      guard isSecret(ASCII.lowered(bytes[start..<(index - 1)])) else { continue }
      result += mask.utf8
      while index < bytes.count, !"&;#\"'<>) ,".utf8.contains(bytes[index]) { index += 1 }
    }
    return result
  }

  private static let secretWords = [
    "token", "secret", "passw", "pwd", "auth", "sig", "credential", "key",
  ]

  private static func isSecret(_ name: String) -> Bool {
    name == "pass" || secretWords.contains { has(Array($0.utf8), in: Array(name.utf8)) }
  }

  private static func has(_ part: [UInt8], in bytes: [UInt8]) -> Bool {
    guard part.count <= bytes.count else { return false }
    return (0...(bytes.count - part.count)).contains { bytes[$0...].starts(with: part) }
  }

  private static func replacing(_ secret: String, in text: String) -> String {
    let part = Array(secret.utf8)
    guard !part.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index...].starts(with: part) {
        result += mask.utf8
        index += part.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
