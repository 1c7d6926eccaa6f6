import Models
import System
import Text
import Trust

/// `models sign` and `models verify`: the owner signs a bundle, and any person can verify it.
enum SignCommand {
  /// Adds a signature to a bundle, and removes an older one by the same key. The command loads the
  /// bundle first, because no owner should sign a bundle that boards refuse.
  static func sign(_ folder: String, keyPath: String) throws(Failure) {
    // What is signed is what was loaded.
    let files = try read(folder)
    _ = try load(files, folder)
    do throws(TrustError) {
      let key = try privateKey(keyPath)
      let message = Array(files.digests.text.utf8)
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
    let files: BundleFiles
    do throws(TrustError) {
      let store = try TrustedKeys(folder: trust)
      files = try BundleFiles(folder: folder)
      try store.verify(files, at: folder, now: Clock.wall() / 1_000_000_000)
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
    let bundle = try load(files, folder)
    Terminal.write(
      "\(folder): \(bundle.manifest.name)/\(bundle.manifest.version), signed by trusted keys, "
        + "golden vectors exact on this machine\n")
  }

  private static func read(_ folder: String) throws(Failure) -> BundleFiles {
    do throws(TrustError) {
      return try BundleFiles(folder: folder)
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
  }

  private static func load(
    _ files: BundleFiles, _ folder: String
  ) throws(Failure) -> ModelBundle {
    do throws(BundleError) {
      return try ModelBundle(BundleContent(files), folder: folder)
    } catch {
      throw Failure(exitCode: 1, lines: error.lines)
    }
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
