/// A SHA-256 digest, with no code that computes one.
package struct Digest: Equatable, Hashable, Sendable {
  package static let byteCount = 32

  package let bytes: [UInt8]

  /// 64 lower-case hexadecimal digits.
  package var text: String { Hexadecimal.text(bytes) }

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Nil unless the text has 64 hexadecimal digits and nothing else.
  package init?(text: String) {
    guard let bytes = Hexadecimal.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads the form in which a server's `pin` is written. Nil unless the text is base 64 of 32
  /// bytes.
  package init?(base64 text: String) {
    guard let bytes = Base64.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }
}
