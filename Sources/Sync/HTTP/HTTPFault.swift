import System
import Text

/// Why an exchange failed. `HTTPMessages.swift` has the sentences.
enum HTTPFault: Error, Equatable, Sendable {
  case url(URLFault)
  /// `code`: what getaddrinfo(3) returned.
  case resolve(code: Int32)
  /// `code`: errno of the last address that the client tried.
  case connect(code: Int32)
  /// `code`: errno of a read, a write or a wait.
  case transfer(code: Int32)
  /// `milliseconds`: the time limit that ended the phase. It is the limit of the phase itself, of a
  /// pause or of the whole exchange.
  case timeout(Phase, milliseconds: Int64)
  case tooSlow(bytesPerSecond: Int64, minimum: Int64)
  /// The server ended the connection in the middle of this phase.
  case cut(Phase)
  /// `HTTPSettings.cancelDescriptor` became readable.
  case cancelled
  /// The day's bytes are spent.
  case budgetSpent
  case tls(TLSFault)
  case head(HeadFault)
  case chunk(ChunkFault)
  case bodyTooLarge(bytesMax: Int64)
  case proxyRefused(status: Int)
  case redirect(RedirectFault)
  /// The receiver wants no more of the answer, and knows the reason.
  case receiver

  enum Phase: Equatable, Sendable { case connecting, handshake, sending, head, body }
}

/// A fault, and the server at which it happened.
package struct HTTPFailure: Error, Equatable {
  /// `host` or `host:port` of the server, or of the proxy where the proxy is at fault.
  let place: String
  let fault: HTTPFault
}

/// Why TLS failed.
enum TLSFault: Error, Equatable, Sendable {
  /// OpenSSL cannot use a file of the configuration.
  case file(TLSFile)
  /// A file of the configuration cannot be read.
  case unreadable(path: String, Files.Failure)
  /// None of the usual places has certificate authorities.
  case noAuthorities
  /// `seconds`: the time by this board's clock, which may be wrong.
  case expired(seconds: Int64)
  case notYetValid(seconds: Int64)
  case hostname
  /// No trusted authority vouches for the server. `code`: X509_V_ERR_….
  case untrusted(code: Int)
  /// The certificate is wrong for another reason. `code`: X509_V_ERR_….
  case certificate(code: Int)
  /// The server's public key is not the pinned one. `found`: base 64 of the SHA-256 of the key that
  /// the server has; "" when OpenSSL gave no key.
  case pin(found: String)
  /// The server speaks neither TLS 1.2 nor 1.3.
  case version
  /// The server wants a client certificate, or refuses the one that it got.
  case clientCertificate
  /// `code`: OpenSSL's packed error.
  case handshake(code: UInt)
  /// TLS broke after the handshake. `code`: OpenSSL's packed error.
  case transfer(code: UInt)
}

/// Which file of the configuration OpenSSL cannot use.
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

/// What is wrong with the chunks of a body.
enum ChunkFault: Error, Equatable, Sendable {
  case size
  case lineTooLong
  case lineEnd
  case trailer
}

/// Why the client does not follow a redirect.
enum RedirectFault: Error, Equatable, Sendable {
  case tooMany(redirectsMax: Int)
  /// The answer has no Location, or its Location is no address.
  case location
  /// The redirect leads from https to http.
  case toPlain
  /// The redirect leads from plain http to another host, where the request has to stay.
  case elsewhere(host: String)
}
