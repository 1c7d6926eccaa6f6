import Text

/// One field of a head. `HeadParser` gives names in lower case.
package struct HeaderField: Equatable, Sendable {
  let name: String
  let value: String
}

/// What a server says before the body.
struct ResponseHead: Equatable, Sendable {
  /// 100…599
  var status = 0
  /// The minor version of HTTP/1: 0 or 1.
  var minorVersion = 1
  var fields: [HeaderField] = []

  /// The value of the first field with that lower-case name.
  func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }

  func count(_ name: String) -> Int { fields.count { $0.name == name } }

  /// Whether a field that is a list, such as `connection`, has that word. Both are in lower case.
  @export(interface)
  func lists(_ word: String, in name: String) -> Bool {
    fields.contains { field in
      field.name == name
        && field.value.utf8.split(separator: UInt8(ascii: ",")).contains {
          ASCII.lowered(HeaderText.trimmed($0)) == word
        }
    }
  }

  var isInterim: Bool { 100..<200 ~= status }
}

/// What RFC 9110 allows in names and values of fields.
enum HeaderText {
  /// Removes spaces and tabs at both ends.
  static func trimmed<Bytes: BidirectionalCollection>(_ bytes: Bytes) -> [UInt8]
  where Bytes.Element == UInt8 {
    var text = Array(bytes.drop { $0 == 0x20 || $0 == 9 })
    while let last = text.last, last == 0x20 || last == 9 { text.removeLast() }
    return text
  }

  /// Whether the bytes are a name as RFC 9110 section 5.6.2 defines it.
  static func isToken(_ bytes: some Collection<UInt8>) -> Bool {
    !bytes.isEmpty
      && bytes.allSatisfy {
        Digits.isDecimal($0) || 0x61...0x7A ~= ASCII.lowered($0)
          || "!#$%&'*+-.^_`|~".utf8.contains($0)
      }
  }

  /// Whether the bytes are a value: they have no control character but the tab. Bytes from 128 on
  /// are text in an unknown encoding.
  static func isValue(_ bytes: some Collection<UInt8>) -> Bool {
    bytes.allSatisfy { $0 == 9 || $0 >= 0x20 && $0 != 0x7F }
  }
}

/// Reads one head byte by byte. Lines end in CR LF only, no line continues another, and no space
/// stands before a colon. Readers of HTTP disagree about the other forms, so this parser refuses
/// them (RFC 9112 section 11).
struct HeadParser {
  private(set) var head = ResponseHead()
  private var line: [UInt8] = []
  private var bytesSeen = 0
  private var linesSeen = 0

  /// - Returns: true at the last byte of the head. Then `head` is whole.
  @export(interface)
  mutating func push(_ byte: UInt8) throws(HeadFault) -> Bool {
    bytesSeen += 1
    guard bytesSeen <= HTTPLimits.headBytesMax else {
      throw .tooLong(bytesMax: HTTPLimits.headBytesMax)
    }
    guard byte == UInt8(ascii: "\n") else {
      guard line.count < HTTPLimits.lineBytesMax else {
        throw .lineTooLong(bytesMax: HTTPLimits.lineBytesMax)
      }
      line.append(byte)
      return false
    }
    guard line.popLast() == UInt8(ascii: "\r") else { throw fault }
    defer {
      line.removeAll(keepingCapacity: true)
      linesSeen += 1
    }
    if linesSeen == 0 {
      try readStatus()
      return false
    }
    if line.isEmpty { return true }
    try readField()
    return false
  }

  private var fault: HeadFault { linesSeen == 0 ? .statusLine : .field(line: linesSeen + 1) }

  /// `HTTP/1.1 200 Reason`
  private mutating func readStatus() throws(HeadFault) {
    guard line.count >= 12, line.starts(with: "HTTP/1.".utf8),
      line[7] == UInt8(ascii: "0") || line[7] == UInt8(ascii: "1"), line[8] == 0x20,
      line[9..<12].allSatisfy(Digits.isDecimal), line.count == 12 || line[12] == 0x20,
      HeaderText.isValue(line)
    else { throw .statusLine }
    head.minorVersion = Int(line[7] - UInt8(ascii: "0"))
    head.status = line[9..<12].reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) }
    guard 100..<600 ~= head.status else { throw .statusLine }
  }

  private mutating func readField() throws(HeadFault) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), HeaderText.isToken(line[..<colon]),
      HeaderText.isValue(line[(colon + 1)...])
    else { throw fault }
    guard head.fields.count < HTTPLimits.fieldsMax else {
      throw .tooManyFields(fieldsMax: HTTPLimits.fieldsMax)
    }
    head.fields.append(
      HeaderField(
        name: ASCII.lowered(line[..<colon]),
        value: String(decoding: HeaderText.trimmed(line[(colon + 1)...]), as: UTF8.self)))
  }
}
