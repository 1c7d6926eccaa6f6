/// Why bytes are no JSON document (RFC 8259), and the place. Line and column count from 1; columns
/// are characters.
package struct JSONError: Error, Equatable, BitwiseCopyable, Sendable {
  package let fault: JSONFault
  package let line: Int
  package let column: Int

  init(_ fault: JSONFault, in bytes: UnsafeRawBufferPointer, at offset: Int) {
    var (line, column) = (1, 1)
    for byte in bytes[..<min(offset, bytes.count)] {
      if byte == .lineFeed {
        (line, column) = (line + 1, 1)
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    (self.fault, self.line, self.column) = (fault, line, column)
  }
}

/// What is wrong, without the place.
package enum JSONFault: Equatable, BitwiseCopyable, Sendable {
  case endUnexpected
  case byteUnexpected(UInt8)
  /// A byte follows the document.
  case trailing(UInt8)
  case numberMalformed
  /// The number is out of the range of a Double.
  case numberTooLarge
  case escapeMalformed
  /// Half of a surrogate pair, which is no character.
  case surrogateAlone
  case utf8Malformed
  /// Bytes below 0x20 must be escaped.
  case controlCharacter(UInt8)
  case tooDeep(depthMax: Int)
  case tooLong(bytes: Int, bytesMax: Int)
  case memberDuplicate
}
