import Config
import System
import Text
import Trust

/// What a board demands of a bundle before it loads it: nothing, or that its owner's keys vouch for
/// every byte.
package struct BundleTrust: Sendable {
  /// The folder of the keys; nil where nothing is verified.
  private let keys: String?

  /// A person named the bundle, or decided that nothing is verified.
  package static let nothing = BundleTrust(keys: nil)

  /// - Parameter keys: the folder, which is read again for each bundle: a key that an owner takes
  ///   away vouches for nothing more.
  package init(keys: String?) { self.keys = keys }

  /// A bundle that was read and may be used.
  package struct Admitted {
    package fileprivate(set) var content: BundleContent
    /// To be noted once the bundle has passed every other check.
    fileprivate let acceptance: Acceptance?

    /// Notes durably that this board has accepted these bytes. Where that cannot be written, the
    /// log says so, unless no key expires.
    package func note() { acceptance?.note() }
  }

  /// Reads a bundle, once, and verifies what was read.
  ///
  /// - Parameter place: errors name this place instead of the folder's path.
  /// - Throws: `.trust`, `.file`, `.manifest`.
  package func admit(
    _ folder: String, shownAs place: String? = nil
  ) throws(BundleError) -> Admitted {
    let place = place ?? folder
    guard let keys else {
      return Admitted(
        content: try BundleContent(folder: folder, shownAs: place), acceptance: nil)
    }
    do throws(TrustError) {
      let trusted = try TrustedKeys(folder: keys)
      let files = try BundleFiles(folder: folder, shownAs: place)
      let accepted = AcceptedBundle(folder: folder, digest: files.digests.digest)
      let canExpire = try trusted.verify(
        files, at: place, now: TrustedTime.now(), wasAccepted: accepted.isNoted)
      return Admitted(
        content: BundleContent(files),
        acceptance: Acceptance(bundle: accepted, canExpire: canExpire))
    } catch {
      throw .trust(error)
    }
  }

  fileprivate struct Acceptance {
    let bundle: AcceptedBundle
    let canExpire: Bool

    func note() {
      guard !bundle.isNoted else { return }
      do throws(Files.Failure) {
        try bundle.note()
      } catch {
        guard canExpire else { return }
        Log.write(.warning, TrustText.notNoted(bundle.path, error))
      }
    }
  }
}

/// The note that this board has accepted a version with these very bytes, at a time at which the
/// keys that vouch for it had not expired: `<models>/<name>/.accepted/<version>`, one line with the
/// digest of the signed list. No alert may die with a date, so what was accepted in time stays
/// accepted; its signature is checked all the same.
package struct AcceptedBundle {
  static let folderName = ".accepted"
  package let path: String
  private let digest: Digest

  /// - Parameters:
  ///   - folder: of the version, `<models>/<name>/<version>`.
  ///   - digest: of the list that is signed.
  package init(folder: String, digest: Digest) {
    path =
      Files.folder(of: folder) + "/" + Self.folderName + "/" + Files.name(of: folder)
    self.digest = digest
  }

  package var isNoted: Bool {
    guard let bytes = try? Files.read(path, bytesMax: 128) else { return false }
    return bytes.elementsEqual((digest.text + "\n").utf8)
  }

  /// Waits for the disk.
  package func note() throws(Files.Failure) {
    try Folders.make(Files.folder(of: path))
    try Files.replace(path, with: Array((digest.text + "\n").utf8))
  }
}
