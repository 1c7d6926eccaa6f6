import Config
import System
import Text

extension TrustError {
  package var lines: [String] {
    @export(interface)
    get {
      switch self {
      case .file(let path, let failure): ["\(path): \(failure.text)"]
      case .settings(let error): error.messages
      case .key(let path, let error): ["\(path): \(error.message)"]
      case .keyRepeated(let path, let other): ["\(path): the same key as \(other); remove one"]
      case .noKeys(let folder):
        ["\(folder): no key is trusted; put the owner's public key there, as NAME.pem"]
      case .tooManyKeys(let folder, let found, let limit):
        ["\(folder): \(found) keys; at most \(limit)"]
      case .threshold(let folder, let threshold, let keys):
        [
          "\(folder): threshold \(threshold) with \(Decimal.count(keys, "key")) can never be met; "
            + "lower it in trust.toml or add keys"
        ]
      case .strayFile(let path):
        [
          "\(path): a bundle is up to \(BundleDigests.filesMax) plain files, no folder and no link; "
            + "remove what is not part of it"
        ]
      case .hiddenFile(let path):
        [
          "\(TerminalText.printable(path)): a bundle has no hidden file, which nobody sees who signs it; remove it"
        ]
      case .unsigned(let folder):
        [
          "\(folder): not signed (no \(BundleSignature.fileName)); its owner signs it with "
            + "`edgeagent models sign`"
        ]
      case .signatureFile(let line):
        ["\(BundleSignature.fileName):\(line): not a line KEY ALGORITHM BASE64"]
      case .signatureWrong(let folder, let key):
        ["\(folder): the signature by \(key) is of other files; the bundle was changed"]
      case .notVouched(let folder, let found, let threshold, let expired):
        [
          "\(folder): \(found) of \(Decimal.count(threshold, "trusted signature")) needed"
            + (expired.isEmpty ? "" : "; expired: \(expired.joined(separator: ", "))")
        ]
      }
    }
  }
}

extension KeyError {
  var message: String {
    switch self {
    case .notAKey: "no unencrypted PEM key of the right kind"
    case .algorithm: "neither an Ed25519 nor an ECDSA P-256 key"
    case .noRandomness: "the system gives no random numbers"
    case .signing: "signing failed"
    }
  }
}
