import Text

/// Why an exchange failed; in numbers, which `HTTPMessages.swift` turns into sentences.
enum HTTPFault: Error, Equatable, Sendable {
  case url(URLFault)
  /// The code of getaddrinfo.
  case resolve(code: Int32)
  /// errno of the last address tried.
  case connect(code: Int32)
  case transfer(code: Int32)
  case timeout(Phase, milliseconds: Int64)
  case tooSlow(bytesPerSecond: Int64, minimum: Int64)
  /// The server ended the connection in the middle of something.
  case cut(Phase)
  /// The descriptor that ends a request early became readable.
  case cancelled
  /// The bytes that may go over the link today have gone.
  case budgetSpent
  case tls(TLSFault)
  case head(HeadFault)
  case chunk(ChunkFault)
  case bodyTooLarge(bytesMax: Int64)
  case proxyRefused(status: Int)
  case redirect(RedirectFault)
  /// The receiver of the body wants no more of it, and knows why.
  case receiver

  enum Phase: Equatable, Sendable { case connecting, handshake, sending, head, body }
}

/// A failure with the place it happened at.
package struct HTTPFailure: Error, Equatable {
  /// `host` or `host:port`, of the server meant, or of the proxy where that is the one at fault.
  let place: String
  let fault: HTTPFault
}

enum TLSFault: Error, Equatable, Sendable {
  /// A file of the configuration that OpenSSL cannot use.
  case file(TLSFile)
  /// No certificate authorities, in any of the usual places.
  case noAuthorities
  /// `seconds`: what this board's clock said; it may be the one that is wrong.
  case expired(seconds: Int64)
  case notYetValid(seconds: Int64)
  case hostname
  /// X509_V_ERR_…: no trusted authority vouches for the server.
  case untrusted(code: Int)
  /// X509_V_ERR_…: anything else about a certificate.
  case certificate(code: Int)
  /// Base 64 of the SHA-256 of the public key that the server has.
  case pin(found: String)
  /// No version of TLS in common; ours are 1.2 and 1.3.
  case version
  /// The server wants a client certificate, or another one.
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
  /// Neither one well-formed Content-Length nor `chunked` alone: who reads it differently may be
  /// made to read another message.
  case framing
  case tooManyInterim
  /// 101, which the client did not ask for.
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
  /// No Location, or one that is no address.
  case location
  /// From https to http.
  case toPlain
}
