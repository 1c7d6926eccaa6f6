import Text

/// Why an exchange failed. `HTTPMessages.swift` has the sentences.
enum HTTPFault: Error, Equatable, Sendable {
  case url(URLFault)
  /// The code of getaddrinfo.
  case resolve(code: Int32)
  /// errno of the last address tried.
  case connect(code: Int32)
  case transfer(code: Int32)
  case timeout(Phase, milliseconds: Int64)
  case tooSlow(bytesPerSecond: Int64, minimum: Int64)
  /// The server ended the connection in the middle of this phase.
  case cut(Phase)
  /// The descriptor that ends a request early became readable.
  case cancelled
  /// The day's bytes are spent.
  case budgetSpent
  case tls(TLSFault)
  case head(HeadFault)
  case chunk(ChunkFault)
  case bodyTooLarge(bytesMax: Int64)
  case proxyRefused(status: Int)
  case redirect(RedirectFault)
  /// The receiver wants no more of the body. It has its own error.
  case receiver

  enum Phase: Equatable, Sendable { case connecting, handshake, sending, head, body }
}

/// A failure, and the server at which it happened.
package struct HTTPFailure: Error, Equatable {
  /// `host` or `host:port` of the server, or of the proxy where the proxy is at fault.
  let place: String
  let fault: HTTPFault
}

enum TLSFault: Error, Equatable, Sendable {
  /// A file of the configuration that OpenSSL cannot use.
  case file(TLSFile)
  /// None of the usual places has certificate authorities.
  case noAuthorities
  /// `seconds`: the time by this board's clock, which may be wrong.
  case expired(seconds: Int64)
  case notYetValid(seconds: Int64)
  case hostname
  /// X509_V_ERR_…: no trusted authority vouches for the server.
  case untrusted(code: Int)
  /// X509_V_ERR_…: the certificate is wrong for another reason.
  case certificate(code: Int)
  /// Base 64 of the SHA-256 of the public key that the server has.
  case pin(found: String)
  /// The server speaks neither TLS 1.2 nor 1.3.
  case version
  /// The server wants a client certificate, or refuses the one that it got.
  case clientCertificate
  /// OpenSSL's packed error.
  case handshake(code: UInt)
  case transfer(code: UInt)
}

enum TLSFile: Equatable, Sendable { case authorities, certificate, key, keyOfOtherCertificate }

/// What is wrong with a response before its body.
enum HeadFault: Error, Equatable, Sendable {
  case statusLine
  case lineTooLong(bytesMax: Int)
  case tooManyFields(fieldsMax: Int)
  case tooLong(bytesMax: Int)
  case field(line: Int)
  /// The head has neither one well-formed Content-Length nor `chunked` alone. Two readers of such a
  /// head may disagree about the end of the body, and an attacker can use that.
  case framing
  case tooManyInterim
  /// The server answers 101, although the client asked for no other protocol.
  case upgrade
}

enum ChunkFault: Error, Equatable, Sendable {
  case size
  case lineTooLong
  case lineEnd
  case trailer
}

enum RedirectFault: Error, Equatable, Sendable {
  case tooMany(redirectsMax: Int)
  /// The answer has no Location, or one that is no address.
  case location
  /// The redirect leads from https to http.
  case toPlain
}
