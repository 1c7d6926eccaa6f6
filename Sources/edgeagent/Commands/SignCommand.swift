import Models
import System
import Text
import Trust

/// `models sign` and `models verify`: the owner signs a bundle, and any person can verify it.
enum SignCommand {
  /// Adds a signature to a bundle, and removes an older one by the same key. The command loads the
  /// bundle first, because no owner should sign a bundle that boards refuse.
  static func sign(_ folder: String, keyPath: String) throws(Failure) {
    _ = try ModelOperand.bundle(folder)
    do throws(TrustError) {
      let key = try privateKey(keyPath)
      let message = Array(try BundleDigests(folder: folder).text.utf8)
      var signature = try existing(folder)
      signature.entries.removeAll { $0.key == key.identifier }
      do throws(KeyError) {
        signature.entries.append(
          .init(key: key.identifier, algorithm: key.algorithm, signature: try key.sign(message)))
      } catch {
        throw .key(path: keyPath, error)
      }
      try replace(folder + "/" + BundleSignature.fileName, with: Array(signature.text.utf8))
      Terminal.write(
        "\(folder): signed by \(key.identifier); "
          + "\(Decimal.count(signature.entries.count, "signature"))\n")
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  /// Checks everything that a board checks before a bundle scores its first frame.
  static func verify(_ folder: String, trust: String) throws(Failure) {
    do throws(TrustError) {
      let store = try TrustedKeys(folder: trust)
      try store.verify(bundle: folder, now: Clock.wall() / 1_000_000_000)
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
    let bundle = try ModelOperand.bundle(folder)
    Terminal.write(
      "\(folder): \(bundle.manifest.name)/\(bundle.manifest.version), signed by trusted keys, "
        + "golden vectors exact on this machine\n")
  }

  private static func existing(_ folder: String) throws(TrustError) -> BundleSignature {
    let path = folder + "/" + BundleSignature.fileName
    guard Files.kind(path) != .missing else { return BundleSignature() }
    let bytes: [UInt8]
    do throws(Files.Failure) {
      bytes = try Files.read(path, bytesMax: BundleSignature.fileBytesMax)
    } catch {
      throw .file(path: path, error)
    }
    return try BundleSignature(bytes)
  }

  private static func privateKey(_ path: String) throws(TrustError) -> PrivateKey {
    let pem: [UInt8]
    do throws(Files.Failure) {
      pem = try Files.read(path, bytesMax: TrustedKeys.pemBytesMax)
    } catch {
      throw .file(path: path, error)
    }
    do throws(KeyError) {
      return try PrivateKey(pem: pem)
    } catch {
      throw .key(path: path, error)
    }
  }

  private static func replace(_ path: String, with bytes: [UInt8]) throws(TrustError) {
    do throws(Files.Failure) {
      try Files.replace(path, with: bytes)
    } catch {
      throw .file(path: path, error)
    }
  }
}
