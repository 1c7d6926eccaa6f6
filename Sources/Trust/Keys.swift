import COpenSSL
import Text

/// The algorithms of signatures that the agent knows. The openssl command makes and checks both.
package enum SignatureAlgorithm: String, CaseIterable, Sendable {
  case ed25519
  /// ECDSA on the curve P-256 with SHA-256, DER-encoded. Most hardware keys offer this.
  case ecdsaP256 = "ecdsa-p256"
}

/// A public key that may vouch for models.
package final class PublicKey {
  let algorithm: SignatureAlgorithm
  /// The first 16 hexadecimal digits of the SHA-256 of the key's DER form (SubjectPublicKeyInfo).
  package let identifier: String
  private let key: OpaquePointer

  /// - Parameter pem: one `-----BEGIN PUBLIC KEY-----` block.
  /// - Throws: `.notAKey` or `.algorithm`.
  init(pem: [UInt8]) throws(KeyError) {
    guard let key = Self.read(pem, { PEM_read_bio_PUBKEY($0, nil, KeyPassword.none, nil) }) else {
      throw .notAKey
    }
    do throws(KeyError) {
      algorithm = try Self.algorithm(of: key)
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    self.key = key
    identifier = Self.identifier(of: key)
  }

  deinit { EVP_PKEY_free(key) }

  /// Whether the holder of the private key signed these bytes.
  func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let context = EVP_MD_CTX_new() else { return false }
    defer { EVP_MD_CTX_free(context) }
    // Ed25519 hashes the message itself, so OpenSSL takes no digest for it.
    let digest = algorithm == .ed25519 ? nil : EVP_sha256()
    guard EVP_DigestVerifyInit(context, nil, digest, nil, key) == 1 else { return false }
    let answer = EVP_DigestVerify(context, signature, signature.count, message, message.count)
    ERR_clear_error()
    return answer == 1
  }

  static func read(
    _ pem: [UInt8], _ parse: (OpaquePointer) -> OpaquePointer?
  ) -> OpaquePointer? {
    pem.withUnsafeBytes { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
      defer { BIO_free(bio) }
      let key = parse(bio)
      ERR_clear_error()
      return key
    }
  }

  static func algorithm(of key: OpaquePointer) throws(KeyError) -> SignatureAlgorithm {
    if co_is_ed25519(key) { return .ed25519 }
    if co_is_p256(key) { return .ecdsaP256 }
    throw .algorithm
  }

  static func identifier(of key: OpaquePointer) -> String {
    var der: UnsafeMutablePointer<UInt8>?
    let count = i2d_PUBKEY(key, &der)
    guard count > 0, let der else { return "" }
    defer { co_free(der) }
    return String(
      Digest(of: Array(UnsafeBufferPointer(start: der, count: Int(count)))).text.prefix(16))
  }
}

/// A key that signs. It stays on the owner's machine, and no board has it.
package final class PrivateKey {
  package let algorithm: SignatureAlgorithm
  package let identifier: String
  private let key: OpaquePointer

  /// Makes a new key from the system's random numbers.
  ///
  /// - Throws: `.noRandomness`.
  package init(_ algorithm: SignatureAlgorithm) throws(KeyError) {
    let made = algorithm == .ed25519 ? co_new_ed25519() : co_new_p256()
    guard let made else { throw .noRandomness }
    (self.algorithm, key) = (algorithm, made)
    identifier = PublicKey.identifier(of: made)
  }

  /// - Parameter pem: an unencrypted `-----BEGIN PRIVATE KEY-----` block.
  /// - Throws: `.notAKey` or `.algorithm`.
  @export(interface)
  package init(pem: [UInt8]) throws(KeyError) {
    guard
      let key = PublicKey.read(pem, { PEM_read_bio_PrivateKey($0, nil, KeyPassword.none, nil) })
    else { throw .notAKey }
    do throws(KeyError) {
      algorithm = try PublicKey.algorithm(of: key)
    } catch {
      EVP_PKEY_free(key)
      throw error
    }
    self.key = key
    identifier = PublicKey.identifier(of: key)
  }

  deinit { EVP_PKEY_free(key) }

  /// - Returns: the signature of these bytes: 64 bytes for Ed25519, DER for ECDSA.
  /// - Throws: `.signing`.
  @export(interface)
  package func sign(_ message: [UInt8]) throws(KeyError) -> [UInt8] {
    guard let context = EVP_MD_CTX_new() else { throw .signing }
    defer { EVP_MD_CTX_free(context) }
    let digest = algorithm == .ed25519 ? nil : EVP_sha256()
    var count = 0
    guard EVP_DigestSignInit(context, nil, digest, nil, key) == 1,
      EVP_DigestSign(context, nil, &count, message, message.count) == 1
    else { throw .signing }
    var signature = [UInt8](repeating: 0, count: count)
    guard EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
      throw .signing
    }
    return Array(signature[..<count])
  }

  package var privatePEM: [UInt8] {
    pem { PEM_write_bio_PrivateKey($0, key, nil, nil, 0, nil, nil) }
  }

  package var publicPEM: [UInt8] { pem { PEM_write_bio_PUBKEY($0, key) } }

  private func pem(_ write: (OpaquePointer) -> Int32) -> [UInt8] {
    guard let bio = BIO_new(BIO_s_mem()) else { return [] }
    defer { BIO_free(bio) }
    var data: UnsafeMutablePointer<CChar>?
    guard write(bio) == 1, case let count = co_mem_data(bio, &data), count > 0, let data else {
      return []
    }
    return UnsafeRawBufferPointer(start: data, count: count).map { $0 }
  }
}

/// Why a key is of no use.
package enum KeyError: Error, Equatable {
  /// There is no PEM block of the right kind, or it is encrypted.
  case notAKey
  /// The key is neither Ed25519 nor ECDSA P-256.
  case algorithm
  case noRandomness
  case signing
}

private enum KeyPassword {
  /// This callback gives no password. Without it, OpenSSL would ask for one on the terminal.
  static var none:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) -> Int32
  {
    { _, _, _, _ in -1 }
  }
}
