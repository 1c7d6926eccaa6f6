import COpenSSL
import Text

/// A SHA-256 of bytes that arrive piece by piece.
package final class DigestStream {
  private let context: OpaquePointer

  package init() {
    // OpenSSL returns nil only when there is no memory for a few hundred bytes.
    context = EVP_MD_CTX_new()!
    let started = EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(started == 1)
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: ArraySlice<UInt8>) {
    let added = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    precondition(added == 1)
  }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    let added = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(added == 1)
  }

  /// Call it once, at the end.
  package func finish() -> Digest {
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    let done = EVP_DigestFinal_ex(context, &bytes, nil)
    precondition(done == 1)
    return Digest(bytes: bytes)!
  }
}

extension Digest {
  package init(of bytes: [UInt8]) {
    let hash = DigestStream()
    hash.update(bytes[...])
    self = hash.finish()
  }
}
