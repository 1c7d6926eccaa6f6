import CPlatform
import Config
import System
import Text

/// A bundle as it was read: each file opened once, the bytes that a board uses, and the digests of
/// the same bytes. What is verified and what is used cannot differ, whatever another process does
/// to the folder meanwhile.
package struct BundleFiles {
  package let digests: BundleDigests
  /// The bytes of `bundle.sig`; nil where there is none.
  let signature: [UInt8]?
  /// `model.tflite`, `model.toml`, `golden.bin`.
  package let model: [UInt8]
  package let manifest: [UInt8]
  package let golden: [UInt8]

  /// Takes the bytes of each file as they come, to copy a bundle while it is read.
  package protocol Copy: AnyObject {
    func begin(_ name: String) throws(Files.Failure)
    func take(_ piece: ArraySlice<UInt8>) throws(Files.Failure)
    func end() throws(Files.Failure)
  }

  /// Reads every file of a bundle, one at a time. It keeps the bytes of the three that a bundle
  /// must have, and of its signature.
  ///
  /// - Parameters:
  ///   - place: errors name this place instead of the folder's path.
  ///   - base: a folder that somebody else can write, with `folder` as the way from there.
  ///   - copy: gets what is read.
  /// - Throws: `.file` for a file that is missing or too large, and for what is no regular file, as
  ///   a link; `.strayFile` for a folder and the first file beyond `BundleDigests.filesMax`;
  ///   `.hiddenFile`.
  @export(interface)
  package init(
    folder: String, below base: String? = nil, shownAs place: String? = nil,
    copy: (any Copy)? = nil
  ) throws(TrustError) {
    try self.init(folder: folder, below: base, shownAs: place, copy: copy, keeps: true)
  }

  /// - Parameter keeps: false keeps no bytes.
  init(
    folder: String, below base: String? = nil, shownAs place: String?, copy: (any Copy)?,
    keeps: Bool
  ) throws(TrustError) {
    let place = place ?? folder
    let opened: OpenedFolder
    let names: [String]
    do throws(Files.Failure) {
      if let base {
        opened = try OpenedFolder(folder, below: base)
      } else {
        opened = try OpenedFolder(folder)
      }
      // One more than a bundle may have, and its signature.
      names = try opened.names(countMax: BundleDigests.filesMax + 2)
    } catch {
      throw .file(path: place, error)
    }
    // More than a bundle may have: which of them is missing does not matter.
    guard names.count <= BundleDigests.filesMax + 1 else { throw .strayFile(path: place) }
    try Self.check(names, in: place)
    var contents = [[UInt8]](repeating: [], count: BundleDigests.files.count)
    var (entries, signature): ([BundleDigests.Entry], [UInt8]?) = ([], nil)
    for name in names {
      let isSignature = name.utf8.elementsEqual(BundleSignature.fileName.utf8)
      guard isSignature || entries.count < BundleDigests.filesMax else {
        throw .strayFile(path: place + "/" + name)
      }
      let kept = keeps ? BundleDigests.files.firstIndex(bytesOf: name) : nil
      do throws(Files.Failure) {
        let file = try Self.read(
          name, in: opened, isKept: isSignature || kept != nil, copy: copy)
        if isSignature {
          signature = file.bytes
        } else {
          entries.append(BundleDigests.Entry(name: name, digest: file.digest))
          if let kept { contents[kept] = file.bytes }
        }
      } catch {
        let path = place + "/" + name
        throw error == .system(code: EISDIR) ? .strayFile(path: path) : .file(path: path, error)
      }
    }
    digests = BundleDigests(entries: entries)
    self.signature = signature
    // In the order of `BundleDigests.files`.
    (golden, model, manifest) = (contents[0], contents[1], contents[2])
  }

  private static func check(_ names: [String], in place: String) throws(TrustError) {
    for name in names where !BundleDigests.isName(name) {
      throw .hiddenFile(path: place + "/" + name)
    }
    for name in BundleDigests.files where !names.contains(bytesOf: name) {
      throw .file(path: place + "/" + name, .system(code: ENOENT))
    }
  }

  private static func read(
    _ name: String, in folder: OpenedFolder, isKept: Bool, copy: (any Copy)?
  ) throws(Files.Failure) -> (bytes: [UInt8], digest: Digest) {
    let hash = DigestStream()
    var bytes: [UInt8] = []
    try copy?.begin(name)
    try folder.readPieces(
      of: name, bytesMax: BundleDigests.bytesMax(of: name),
      expects: { if isKept { bytes.reserveCapacity($0) } }
    ) { (piece) throws(Files.Failure) in
      hash.update(piece)
      if isKept { bytes.append(contentsOf: piece) }
      try copy?.take(piece)
    }
    try copy?.end()
    return (bytes, hash.finish())
  }
}
