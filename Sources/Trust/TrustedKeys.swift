import CPlatform
import Config
import System

/// `trust.d`: the keys whose holders may put models onto this board, and how many of them have to
/// agree.
///
/// Every `*.pem` in the folder is a public key. `trust.toml` beside them is optional:
///
///     threshold = 2
///
///     [[key]]
///     file = "vendor.pem"
///     expires = 2030-01-01T00:00:00Z
package struct TrustedKeys {
  /// This is room for the keys of the owner, of the vendor, and for their successors.
  static let keysMax = 16
  /// The largest file of a key. A key takes some 200 bytes.
  package static let pemBytesMax = 4 << 10

  package struct Key {
    let file: String
    package let key: PublicKey
    /// Seconds since 1970 UTC; nil for never.
    package let expires: Int64?
  }

  let folder: String
  package let keys: [Key]
  /// Signatures by different keys that a bundle needs.
  package let threshold: Int

  /// Reads the keys and `trust.toml`.
  ///
  /// - Throws: `.noKeys` for a folder without a key, because such a board takes no model from
  ///   outside; `.tooManyKeys`, `.threshold`, `.keyRepeated`, `.key`, `.settings` and `.file`.
  @export(interface)
  package init(folder: String) throws(TrustError) {
    self.folder = folder
    let names: [String]
    do throws(Files.Failure) {
      names = try Files.names(in: folder)
    } catch {
      throw .file(path: folder, error)
    }
    let settings = try TrustSettings.load(folder: folder, files: names)
    var keys: [Key] = []
    for name in names where name.hasSuffix(".pem") {
      let key = try Self.publicKey(folder + "/" + name)
      // One key under two names would count twice.
      if let other = keys.first(where: { $0.key.identifier == key.identifier }) {
        throw .keyRepeated(path: folder + "/" + name, other: other.file)
      }
      keys.append(Key(file: name, key: key, expires: settings.expiry(of: name)))
    }
    guard !keys.isEmpty else { throw .noKeys(folder: folder) }
    guard keys.count <= Self.keysMax else {
      throw .tooManyKeys(folder: folder, found: keys.count, limit: Self.keysMax)
    }
    guard settings.threshold <= keys.count else {
      throw .threshold(folder: folder, threshold: settings.threshold, keys: keys.count)
    }
    self.keys = keys
    threshold = settings.threshold
  }

  static func publicKey(_ path: String) throws(TrustError) -> PublicKey {
    let pem: [UInt8]
    do throws(Files.Failure) {
      pem = try Files.read(path, bytesMax: pemBytesMax)
    } catch {
      throw .file(path: path, error)
    }
    do throws(KeyError) {
      return try PublicKey(pem: pem)
    } catch {
      throw .key(path: path, error)
    }
  }

  /// Checks that enough trusted keys vouch for the bundle. Each key counts once. A signature by an
  /// unknown key does not count. A wrong signature by a trusted key refuses the bundle, unless a
  /// right one by the same key stands before it.
  ///
  /// - Parameters:
  ///   - place: the bundle's place, for errors.
  ///   - now: the trusted time, in seconds since 1970 UTC (`TrustedTime`).
  ///   - wasAccepted: this board accepted these very bytes in time, so a key that has expired since
  ///     vouches for them all the same.
  /// - Returns: whether a key that vouches expires some day.
  /// - Throws: `.unsigned`, `.signatureFile`, `.signatureWrong` and `.notVouched`.
  @discardableResult
  @export(interface)
  package func verify(
    _ bundle: BundleFiles, at place: String, now: Int64, wasAccepted: Bool = false
  ) throws(TrustError) -> Bool {
    guard let bytes = bundle.signature else { throw .unsigned(folder: place) }
    let message = Array(bundle.digests.text.utf8)
    return try verify(
      try BundleSignature(bytes), of: message, folder: place, now: wasAccepted ? .min : now)
  }

  private func verify(
    _ signature: BundleSignature, of message: [UInt8], folder: String, now: Int64
  ) throws(TrustError) -> Bool {
    var vouching: [String] = []
    var expired: [String] = []
    var canExpire = false
    for entry in signature.entries where !vouching.contains(entry.key) {
      guard let trusted = keys.first(where: { $0.key.identifier == entry.key }) else { continue }
      guard trusted.key.algorithm == entry.algorithm,
        trusted.key.verify(entry.signature, of: message)
      else { throw .signatureWrong(folder: folder, key: trusted.file) }
      if let expires = trusted.expires, expires <= now {
        expired.append(trusted.file)
      } else {
        vouching.append(entry.key)
        if trusted.expires != nil { canExpire = true }
      }
    }
    guard vouching.count >= threshold else {
      throw .notVouched(
        folder: folder, found: vouching.count, threshold: threshold, expired: expired)
    }
    return canExpire
  }
}

/// Why the board refuses a bundle, or its own trusted keys.
package enum TrustError: Error, Equatable {
  case file(path: String, Files.Failure)
  case settings(ConfigurationError)
  case key(path: String, KeyError)
  /// The key at `path` is the same as the one in the file `other`.
  case keyRepeated(path: String, other: String)
  case noKeys(folder: String)
  case tooManyKeys(folder: String, found: Int, limit: Int)
  /// `threshold` asks for more signatures than there are keys.
  case threshold(folder: String, threshold: Int, keys: Int)
  /// Something at `path` does not belong to a bundle.
  case strayFile(path: String)
  /// A file whose name begins with a dot, or is no line of text.
  case hiddenFile(path: String)
  case unsigned(folder: String)
  case signatureFile(line: Int)
  /// The signature by a trusted key is of other bytes. `key`: the file of the key.
  case signatureWrong(folder: String, key: String)
  /// Fewer trusted keys than `threshold` vouch for the bundle. `expired`: files of keys that do not
  /// count any more.
  case notVouched(folder: String, found: Int, threshold: Int, expired: [String])
}

extension TrustError {
  /// Whether there is no key at all: no folder, or none in it.
  package var isOfNoKeys: Bool {
    switch self {
    case .noKeys, .file(_, .system(code: ENOENT)): true
    default: false
    }
  }

  /// Whether the bundle is at fault. Otherwise this board is: its keys or its disk.
  package var isOfTheBundle: Bool {
    switch self {
    case .strayFile, .hiddenFile, .unsigned, .signatureFile, .signatureWrong, .notVouched: true
    case .file(_, let failure): !failure.isOfTheBoard
    case .settings, .key, .keyRepeated, .noKeys, .tooManyKeys, .threshold: false
    }
  }
}

extension Files.Failure {
  /// Whether the board is at fault. Otherwise the file is missing, too large or no file.
  package var isOfTheBoard: Bool {
    switch self {
    case .tooLarge, .notRegular, .tooManyNames: false
    case .system(let code):
      code != ENOENT && code != EISDIR && code != ENOTDIR && code != ELOOP
    }
  }
}
