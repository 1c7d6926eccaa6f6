import Text

/// Reads secrets from files, so that no command line, configuration or log shows them.
package enum HeaderFile {
  /// Reads lines `Name: value`, and skips empty lines and lines that begin with `#`.
  ///
  /// - Throws: `.line` for a line that is no field, `.reserved` for a field that the client writes
  ///   itself, `.tooMany` for more than `HTTPLimits.requestFieldsMax` fields.
  @export(interface)
  package static func fields(_ bytes: [UInt8]) throws(HeaderFileFault) -> [HeaderField] {
    var fields: [HeaderField] = []
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = HeaderText.trimmed(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
      if text.isEmpty || text[0] == UInt8(ascii: "#") { continue }
      guard let colon = text.firstIndex(of: UInt8(ascii: ":")),
        HeaderText.isToken(text[..<colon]), HeaderText.isValue(text[(colon + 1)...])
      else { throw .line(index + 1) }
      let name = String(decoding: text[..<colon], as: UTF8.self)
      guard !reserved.contains(ASCII.lowered(name)) else { throw .reserved(line: index + 1) }
      guard fields.count < HTTPLimits.requestFieldsMax else {
        throw .tooMany(fieldsMax: HTTPLimits.requestFieldsMax)
      }
      fields.append(
        HeaderField(
          name: name,
          value: String(decoding: HeaderText.trimmed(text[(colon + 1)...]), as: UTF8.self)))
    }
    return fields
  }

  /// Makes `Basic …` from the bytes of a file `user:password`.
  ///
  /// - Throws: `.line(1)` for other bytes.
  static func basic(_ bytes: [UInt8]) throws(HeaderFileFault) -> String {
    let text = try secret(bytes)
    guard text.contains(UInt8(ascii: ":")) else { throw .line(1) }
    return "Basic " + Base64.text(text)
  }

  /// The only line of a file, without its end.
  private static func secret(_ bytes: [UInt8]) throws(HeaderFileFault) -> [UInt8] {
    var text = bytes
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard !text.isEmpty, HeaderText.isValue(text) else { throw .line(1) }
    return text
  }

  /// The client writes these fields itself, or they decide where a message ends and how the two
  /// sides go on.
  private static let reserved = [
    "host", "content-length", "transfer-encoding", "connection", "range", "if-range", "expect",
    "upgrade", "te", "trailer", "accept-encoding", "proxy-authorization",
  ]
}

/// Why the client takes no fields from a file. The numbers of lines begin with 1.
package enum HeaderFileFault: Error, Equatable, Sendable {
  case line(Int)
  case reserved(line: Int)
  case tooMany(fieldsMax: Int)
}
