@testable import System
@testable import Trust

/// The owner of a board, with a key that the board trusts.
package final class BundleOwner {
  package let key: PrivateKey

  package init() throws { key = try PrivateKey(.ed25519) }

  /// Puts the public key into the board's folder of keys.
  ///
  /// - Parameter expires: as `trust.toml` has it.
  /// - Returns: the folder.
  @discardableResult
  package func trust(in folder: TestFolder, expires: String? = nil) throws -> String {
    try folder.file("trust.d/owner.pem", key.publicPEM)
    folder.remove("trust.d/trust.toml")
    if let expires {
      try folder.file(
        "trust.d/trust.toml", "[[key]]\nfile = \"owner.pem\"\nexpires = \(expires)\n")
    }
    return folder.path + "/trust.d"
  }

  /// Signs a bundle as it stands, and takes an older signature away.
  package func sign(_ bundle: String) throws {
    let path = bundle + "/" + BundleSignature.fileName
    Files.remove(path)
    let message = Array(try BundleDigests(folder: bundle).text.utf8)
    let entry = BundleSignature.Entry(
      key: key.identifier, algorithm: key.algorithm, signature: try key.sign(message))
    try Files.write(Array(BundleSignature(entries: [entry]).text.utf8), to: path)
  }
}
