import Config
import System
import Text

/// `bundle.sig`: which keys vouch for a bundle. The file is text, so that `openssl` and `sha256sum`
/// can make and check it. It has one line for each signature:
///
///     3f1c9a0b77e2d415 ed25519 <base64>
///
/// Each signature is over the digest list of the bundle's other files (`BundleDigests.text`).
package struct BundleSignature: Equatable {
  package struct Entry: Equatable {
    /// `PublicKey.identifier`, 16 hexadecimal digits.
    package let key: String
    package let algorithm: SignatureAlgorithm
    package let signature: [UInt8]

    package init(key: String, algorithm: SignatureAlgorithm, signature: [UInt8]) {
      self.key = key
      self.algorithm = algorithm
      self.signature = signature
    }
  }

  package static let fileName = "bundle.sig"
  /// 16 signatures of at most 256 bytes a line take half of it. The rest is room for comments.
  package static let fileBytesMax = 8 << 10
  /// More signers than any owner has.
  static let entriesMax = 16

  package var entries: [Entry]

  package init(entries: [Entry] = []) { self.entries = entries }

  /// Reads the bytes of a file. It skips empty lines and lines that begin with `#`. It also skips a
  /// signature with an algorithm that this agent does not know, because another line may vouch for
  /// the bundle with an algorithm that it knows.
  ///
  /// - Throws: `.signatureFile`.
  @export(interface)
  package init(_ bytes: [UInt8]) throws(TrustError) {
    entries = []
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      let words = line.split(separator: UInt8(ascii: " ")).map {
        String(decoding: $0, as: UTF8.self)
      }
      guard words.count == 3, words[0].utf8.count == 16, Hexadecimal.bytes(words[0]) != nil,
        let signature = Base64.bytes(words[2]), entries.count < Self.entriesMax
      else { throw .signatureFile(line: number) }
      guard let algorithm = SignatureAlgorithm(rawValue: words[1]) else { continue }
      entries.append(Entry(key: words[0], algorithm: algorithm, signature: signature))
    }
  }

  package var text: String {
    entries.map { "\($0.key) \($0.algorithm.rawValue) \(Base64.text($0.signature))\n" }.joined()
  }
}

/// The digests of all files of a bundle but its signature, in the order of their names and as
/// `sha256sum` writes them. The owner signs this list.
///
///     <64 hexadecimal digits>  golden.bin
///     <64 hexadecimal digits>  model.tflite
///     <64 hexadecimal digits>  model.toml
package struct BundleDigests: Equatable {
  /// The files that a bundle must have. A licence or a README may stand beside them.
  package static let files = ["golden.bin", "model.tflite", "model.toml"]
  package static let filesMax = 16

  package let entries: [Entry]

  package struct Entry: Equatable {
    package let name: String
    let digest: Digest
  }

  /// Reads every file of a bundle, one at a time.
  ///
  /// - Parameter place: errors name this place instead of the folder's path.
  /// - Throws: as `BundleFiles` does.
  @export(interface)
  package init(folder: String, shownAs place: String? = nil) throws(TrustError) {
    self = try BundleFiles(folder: folder, shownAs: place, copy: nil, keeps: false).digests
  }

  init(entries: [Entry]) { self.entries = entries }

  /// Whether a file of a bundle may have that name. A hidden file is none: no person sees it when
  /// they look at what they sign.
  package static func isName(_ name: String) -> Bool {
    name.utf8.first != UInt8(ascii: ".") && ConfigurationText.isLine(name, bytes: 1...255)
  }

  /// The most bytes of a file of a bundle.
  package static func bytesMax(of name: String) -> Int {
    switch name {
    case BundleSignature.fileName: BundleSignature.fileBytesMax
    case "golden.bin": BundleLimits.goldenBytesMax
    case "model.toml": TOMLLimits.documentBytesMax
    default: BundleLimits.modelBytesMax
    }
  }

  package var text: String { entries.map { "\($0.digest.text)  \($0.name)\n" }.joined() }

  /// What stands for the whole list, and so for every byte of the bundle but its signatures.
  package var digest: Digest { Digest(of: Array(text.utf8)) }
}
