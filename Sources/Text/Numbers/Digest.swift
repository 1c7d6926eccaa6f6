/// A SHA-256 digest, whatever computed it.
package struct Digest: Equatable, Hashable, Sendable {
  package static let byteCount = 32

  package let bytes: [UInt8]

  /// 64 lower-case hexadecimal digits.
  package var text: String { Hexadecimal.text(bytes) }

  /// Nil for anything but 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Nil for anything but 64 hexadecimal digits.
  package init?(text: String) {
    guard let bytes = Hexadecimal.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }

  /// The form in which pins are written; nil for anything but base 64 of 32 bytes.
  package init?(base64 text: String) {
    guard let bytes = Base64.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }
}
