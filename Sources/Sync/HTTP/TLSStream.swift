import COpenSSL
import System
import Text
import Trust

/// TLS 1.2 or 1.3 over a TCP connection. `handshake` returns only when the server has proved its
/// name.
final class TLSStream: Transport {
  private let stream: TCPStream
  private let connection: OpaquePointer
  var raw: Int32 { stream.raw }

  private let pin: Digest?
  /// The time by which the certificate is judged, in seconds since 1970 UTC.
  private let judgedBySeconds: Int64

  /// - Parameters:
  ///   - host: the name or the address that the server has to prove.
  ///   - withIdentity: whether the server may get the client's certificate.
  init(
    _ stream: TCPStream, host: String, isAddress: Bool, context: TLSContext, withIdentity: Bool
  ) throws(HTTPFault) {
    ERR_clear_error()
    guard let connection = SSL_new(context.context) else {
      throw .tls(.handshake(code: UInt(ERR_get_error())))
    }
    (self.stream, self.connection, pin) = (stream, connection, context.pin)
    judgedBySeconds = max(Clock.wall() / 1_000_000_000, context.floorSeconds)
    if !withIdentity { SSL_certs_clear(connection) }
    let isSet: Int32
    if isAddress {
      isSet = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), host)
    } else {
      // The last dot of a name means something only to DNS. Certificates have the name without it.
      let name = host.utf8.last == UInt8(ascii: ".") ? String(host.dropLast()) : host
      _ = co_set_server_name(connection, name)
      isSet = SSL_set1_host(connection, name)
    }
    // The board's clock may stand at 1970. No certificate is valid at that time, so the board could
    // never hear the right time.
    X509_VERIFY_PARAM_set_time(SSL_get0_param(connection), time_t(judgedBySeconds))
    guard isSet == 1, SSL_set_fd(connection, stream.raw) == 1 else {
      throw .tls(.handshake(code: UInt(ERR_get_error())))
    }
  }

  /// - Throws: `.tls` with what OpenSSL or the pin found; `.cut`, `.timeout` and `.cancelled`.
  @export(interface)
  func handshake(_ watch: Watch) throws(HTTPFault) {
    watch.enter(.handshake)
    while case let answer = SSL_connect(connection), answer != 1 {
      guard case .wait(let direction) = try step(answer, .handshake) else {
        throw .cut(.handshake)
      }
      try watch.wait(for: direction, of: raw)
    }
    try checkPin()
  }

  deinit {
    // SSL_shutdown tells the server the end, and waits for no answer. OpenSSL forbids it after an
    // error.
    if SSL_get_shutdown(connection) == 0, SSL_is_init_finished(connection) == 1 {
      _ = SSL_shutdown(connection)
    }
    SSL_free(connection)
    ERR_clear_error()
  }

  /// `TLSv1.3`
  var version: String { String(cString: SSL_get_version(connection)) }

  var wireBytes: Int64 {
    Int64(BIO_number_read(SSL_get_rbio(connection)) + BIO_number_written(SSL_get_wbio(connection)))
  }

  @export(interface)
  func vouches(for seconds: Int64) -> Bool {
    guard let certificate = SSL_get1_peer_certificate(connection) else { return false }
    defer { X509_free(certificate) }
    var time = time_t(seconds)
    return X509_cmp_time(X509_get0_notBefore(certificate), &time) < 0
      && X509_cmp_time(X509_get0_notAfter(certificate), &time) > 0
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(HTTPFault) -> Transfer {
    ERR_clear_error()
    var count = 0
    let answer = SSL_read_ex(connection, buffer.baseAddress, buffer.count, &count)
    return answer == 1 ? .bytes(count) : try step(answer, .body)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) -> Transfer {
    ERR_clear_error()
    var count = 0
    let answer = SSL_write_ex(connection, bytes.baseAddress, bytes.count, &count)
    return answer == 1 ? .bytes(count) : try step(answer, .sending)
  }

  /// Says what a call of OpenSSL means that did not succeed.
  private func step(_ answer: Int32, _ phase: HTTPFault.Phase) throws(HTTPFault) -> Transfer {
    switch SSL_get_error(connection, answer) {
    case SSL_ERROR_WANT_READ: return .wait(.readable)
    case SSL_ERROR_WANT_WRITE: return .wait(.writable)
    case SSL_ERROR_ZERO_RETURN: return .end
    case SSL_ERROR_SYSCALL: throw .cut(phase)
    default: throw fault(phase)
    }
  }

  private func fault(_ phase: HTTPFault.Phase) -> HTTPFault {
    let code = ERR_get_error()
    let verified = SSL_get_verify_result(connection)
    if phase == .handshake, verified != Int(X509_V_OK) { return .tls(certificate(verified)) }
    if co_is_of_ssl(code) {
      switch co_reason(code) {
      case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .cut(phase)
      case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
        SSL_R_WRONG_SSL_VERSION:
        return .tls(.version)
      case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
        SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
        SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        return .tls(.clientCertificate)
      default: break
      }
    }
    return .tls(phase == .handshake ? .handshake(code: code) : .transfer(code: code))
  }

  private func certificate(_ code: Int) -> TLSFault {
    let now = judgedBySeconds
    switch Int32(code) {
    case X509_V_ERR_CERT_HAS_EXPIRED: return .expired(seconds: now)
    case X509_V_ERR_CERT_NOT_YET_VALID: return .notYetValid(seconds: now)
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: return .hostname
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
      return .untrusted(code: code)
    default: return .certificate(code: code)
    }
  }

  private func checkPin() throws(HTTPFault) {
    guard let pin else { return }
    guard let certificate = SSL_get1_peer_certificate(connection) else {
      throw .tls(.pin(found: ""))
    }
    defer { X509_free(certificate) }
    var der: UnsafeMutablePointer<UInt8>?
    let count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der)
    guard count > 0, let der else { throw .tls(.pin(found: "")) }
    defer { co_free(der) }
    let found = Digest(of: Array(UnsafeBufferPointer(start: der, count: Int(count))))
    guard found == pin else { throw .tls(.pin(found: Base64.text(found.bytes))) }
  }

  /// OpenSSL's words for a packed error.
  static func text(error code: UInt) -> String {
    guard let text = ERR_reason_error_string(code) else { return "error \(code)" }
    return String(cString: text)
  }

  static func text(verification code: Int) -> String {
    String(cString: X509_verify_cert_error_string(code))
  }
}
