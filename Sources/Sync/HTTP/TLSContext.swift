import COpenSSL
import CPlatform
import System
import Text

/// Which servers the client trusts, and how the client proves who it is. The settings hold paths,
/// so that secrets stay in their files until OpenSSL needs them.
package struct TLSSettings: Equatable, Sendable {
  /// The PEM file of certificate authorities; nil means those that `Authorities` finds.
  package var authorities: String?
  /// The PEM file with the certificate chain of the client; nil for none.
  package var certificate: String?
  /// The PEM file with the client's unencrypted key; nil means the file of the certificate.
  package var key: String?
  /// The SHA-256 of the server's SubjectPublicKeyInfo. The client checks it after the certificate
  /// chain, which has to be right too.
  package var pin: Digest?
  /// In seconds since 1970: the true time is not earlier. When the board's clock is
  /// earlier, the client judges certificates by the floor.
  var floorSeconds: Int64 = 0

  package init(
    authorities: String? = nil, certificate: String? = nil, key: String? = nil, pin: Digest? = nil,
    floorSeconds: Int64 = 0
  ) {
    self.authorities = authorities
    self.certificate = certificate
    self.key = key
    self.pin = pin
    self.floorSeconds = floorSeconds
  }
}

/// OpenSSL's form of the settings, for any number of connections.
final class TLSContext {
  let context: OpaquePointer
  let pin: Digest?
  let floorSeconds: Int64

  init(_ settings: TLSSettings) throws(TLSFault) {
    guard co_init(), let context = SSL_CTX_new(TLS_client_method()) else {
      throw .handshake(code: UInt(ERR_get_error()))
    }
    self.context = context
    pin = settings.pin
    floorSeconds = settings.floorSeconds
    _ = co_ctx_set_min_version(context, Int32(CO_TLS_1_2))
    co_ctx_refuse_renegotiation(context)
    // The client does one exchange after the other. So kept sessions and idle buffers would only
    // take memory.
    co_ctx_keep_no_sessions(context)
    _ = co_ctx_set_mode(
      context, CO_MODE_PARTIAL_WRITE | CO_MODE_MOVING_WRITE_BUFFER | CO_MODE_RELEASE_BUFFERS)
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
    do throws(TLSFault) {
      try loadAuthorities(settings)
      try loadIdentity(settings)
    } catch {
      ERR_clear_error()
      throw error
    }
  }

  deinit { SSL_CTX_free(context) }

  private func loadAuthorities(_ settings: TLSSettings) throws(TLSFault) {
    if let path = settings.authorities {
      let pem = try Self.read(path, bytesMax: HTTPLimits.authoritiesBytesMax)
      guard co_ctx_trust(context, pem, Int32(pem.count)) > 0 else { throw .file(.authorities) }
      return
    }
    // The system's own places belong to root, so OpenSSL may open what lies there.
    guard let place = Authorities.find() else { throw .noAuthorities }
    let loaded =
      switch place {
      case .folder(let path): SSL_CTX_load_verify_dir(context, path)
      case .file(let path): SSL_CTX_load_verify_file(context, path)
      }
    guard loaded == 1 else { throw .noAuthorities }
  }

  private func loadIdentity(_ settings: TLSSettings) throws(TLSFault) {
    guard let certificate = settings.certificate else { return }
    var pem = try Self.read(certificate, bytesMax: HTTPLimits.identityBytesMax)
    guard co_ctx_use_chain(context, pem, Int32(pem.count)) else { throw .file(.certificate) }
    if let key = settings.key { pem = try Self.read(key, bytesMax: HTTPLimits.identityBytesMax) }
    guard co_ctx_use_key(context, pem, Int32(pem.count)) else {
      throw .file(isMismatch ? .keyOfOtherCertificate : .key)
    }
    guard SSL_CTX_check_private_key(context) == 1 else { throw .file(.keyOfOtherCertificate) }
  }

  /// OpenSSL would open a path itself, and wait for ever on a FIFO.
  private static func read(_ path: String, bytesMax: Int) throws(TLSFault) -> [UInt8] {
    do throws(Files.Failure) {
      return try Files.read(path, bytesMax: bytesMax)
    } catch {
      throw .unreadable(path: path, error)
    }
  }

  /// Whether OpenSSL says that the key and the certificate do not belong together. This empties
  /// OpenSSL's queue of errors.
  private var isMismatch: Bool {
    var found = false
    while case let code = ERR_get_error(), code != 0 {
      // X509_R_KEY_VALUES_MISMATCH, X509_R_KEY_TYPE_MISMATCH
      let reason = co_reason(code)
      if !co_is_of_ssl(code), reason == 116 || reason == 115 { found = true }
    }
    return found
  }
}

/// Where distributions keep the authorities that they trust. A static executable has to look for
/// them, because its OpenSSL knows only the place on the machine that built it.
enum Authorities: Equatable {
  /// The folder has one file for each certificate, named after the hash of its subject. OpenSSL
  /// reads only the files that it needs, which saves some 3 MB of memory.
  case folder(String)
  case file(String)

  private static let folders = [
    "/etc/ssl/certs",  // Debian, Ubuntu, Alpine, Arch, OpenWrt, SUSE
    "/etc/pki/ca-trust/extracted/pem/directory-hash",  // Fedora from 38 on
    "/etc/pki/tls/certs",  // older Fedora and Red Hat, where filled
    "/system/etc/security/cacerts",  // Android
  ]
  private static let files = [
    "/etc/ssl/certs/ca-certificates.crt",  // Debian, Alpine, Yocto, Buildroot
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // Fedora, Red Hat
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/var/lib/ca-certificates/ca-bundle.pem",  // SUSE
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",  // Alpine, OpenWrt, BSD
  ]

  static func find() -> Authorities? {
    if let folder = folders.first(where: isHashed) { return .folder(folder) }
    return files.first { Files.kind($0) == .file }.map { .file($0) }
  }

  /// Whether a folder has a file with a name such as `3513523f.0`.
  private static func isHashed(_ folder: String) -> Bool {
    var isHashed = false
    try? Files.lookThrough(folder) { text in
      let name = Array(text.utf8)
      isHashed =
        name.count == 10 && name[8] == UInt8(ascii: ".") && Digits.isDecimal(name[9])
        && name[..<8].allSatisfy { Digits.hexadecimal($0) != nil }
      return !isHashed
    }
    return isHashed
  }
}
