import System
import Text

extension TLSFault {
  var message: String {
    switch self {
    case .file(let file): file.message
    case .unreadable(let path, let failure): "\(path): \(failure.text)"
    case .noAuthorities:
      "no certificate authorities in any of the usual places; install ca-certificates or give "
        + "a CA file"
    case .expired(let seconds):
      "its certificate has expired, if this board's clock is right "
        + "(\(Timestamp(wallSeconds: seconds).text))"
    case .notYetValid(let seconds):
      "its certificate is not valid yet, if this board's clock is right "
        + "(\(Timestamp(wallSeconds: seconds).text))"
    case .hostname: "its certificate is for another name"
    case .untrusted(let code):
      "no trusted authority vouches for its certificate (\(TLSStream.text(verification: code))); "
        + "give the CA that signed it"
    case .certificate(let code): "its certificate: \(TLSStream.text(verification: code))"
    case .pin(let found): "its public key is not the pinned one; it has \(found)"
    case .version: "it has neither TLS 1.2 nor TLS 1.3"
    case .clientCertificate: "it refuses the client certificate, or wants one"
    case .handshake(let code): "the TLS handshake failed: \(TLSStream.text(error: code))"
    case .transfer(let code): "TLS broke: \(TLSStream.text(error: code))"
    }
  }
}

extension TLSFile {
  fileprivate var message: String {
    switch self {
    case .authorities: "the CA file holds no PEM certificate"
    case .certificate: "the client certificate is no PEM certificate"
    case .key: "the client key is no unencrypted PEM key"
    case .keyOfOtherCertificate: "the client key does not belong to the client certificate"
    }
  }
}
