import COpenSSL
import Text

/// A SHA-256 digest.
struct Digest: Equatable, Hashable, Sendable {
  static let byteCount = 32

  let bytes: [UInt8]

  /// 64 lower-case hexadecimal digits.
  var text: String { Hexadecimal.text(bytes) }

  init(of bytes: [UInt8]) {
    var hash = DigestStream()
    hash.update(bytes[...])
    self = hash.finish()
  }

  /// Nil for anything but 64 hexadecimal digits.
  init?(text: String) {
    guard let bytes = Hexadecimal.bytes(text), bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  fileprivate init(bytes: [UInt8]) { self.bytes = bytes }
}

/// A digest of what arrives piece by piece.
struct DigestStream: ~Copyable {
  private let context: OpaquePointer

  init() {
    // OpenSSL gives nil only without memory for a few hundred bytes.
    context = EVP_MD_CTX_new()!
    let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(started == 1)
  }

  deinit { EVP_MD_CTX_free(context) }

  mutating func update(_ bytes: ArraySlice<UInt8>) {
    let added = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    precondition(added == 1)
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let added = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(added == 1)
  }

  /// Once, at the end.
  mutating func finish() -> Digest {
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    let done = EVP_DigestFinal_ex(context, &bytes, nil)
    precondition(done == 1)
    return Digest(bytes: bytes)
  }
}

/// Two digits a byte, lower case when written, either when read.
enum Hexadecimal {
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes { text += [digit(byte >> 4), digit(byte & 15)] }
    return String(decoding: text, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap(Digits.hexadecimal)
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
