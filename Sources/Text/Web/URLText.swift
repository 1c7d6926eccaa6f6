/// Encodes texts as parts of an address.
package enum URLText {
  /// RFC 3986's unreserved characters stay as they are; every other byte becomes `%XX`. The result
  /// can be a segment of a path or a value in a query.
  package static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if Digits.isDecimal(byte) || 0x61...0x7A ~= ASCII.lowered(byte) || "-._~".utf8.contains(byte)
      {
        bytes.append(byte)
      } else {
        bytes += Array("%\(Hexadecimal.text([byte]))".utf8)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
