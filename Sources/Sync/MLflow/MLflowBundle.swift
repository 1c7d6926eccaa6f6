import Config
import Text
import Trust

/// The files of a model version that can be a bundle, in the order in which sync fetches them.
struct MLflowBundle: Equatable {
  /// The most bytes of all files together: room for two of the largest.
  static let bytesMax = 2 * Int64(BundleLimits.modelBytesMax)

  struct File: Equatable {
    let name: String
    let bytes: Int64
    /// The digest that the registry promised; nil for none.
    let digest: Digest?
  }

  let files: [File]

  /// Refuses files that the board would refuse after the download, before sync fetches the first
  /// byte.
  ///
  /// - Parameter digests: the digests that the version's tag promised. They must have every file
  ///   but the signature.
  init(
    _ listed: [MLflowArtifacts.File], digests: BundleDigests?
  ) throws(MLflowFilesFault) {
    guard listed.count <= BundleDigests.filesMax + 1 else {
      throw .tooMany(filesMax: BundleDigests.filesMax)
    }
    var files: [File] = []
    var total: Int64 = 0
    for file in listed {
      let name = file.name
      guard !file.isFolder else { throw .folder(name: String(name.prefix(100))) }
      guard Self.isName(name), !files.contains(where: { $0.name.utf8.elementsEqual(name.utf8) })
      else { throw .name(String(name.prefix(100))) }
      let isSignature = name.utf8.elementsEqual(BundleSignature.fileName.utf8)
      let limit = Int64(isSignature ? BundleSignature.fileBytesMax : BundleLimits.modelBytesMax)
      guard file.bytes <= limit else {
        throw .tooLarge(name: name, bytes: file.bytes, bytesMax: limit)
      }
      total += file.bytes
      guard total <= Self.bytesMax else {
        throw .tooLarge(name: name, bytes: total, bytesMax: Self.bytesMax)
      }
      let digest = isSignature ? nil : digests?.digest(of: name)
      if digests != nil, !isSignature, digest == nil { throw .unlisted(name: name) }
      files.append(File(name: name, bytes: file.bytes, digest: digest))
    }
    try Self.checkComplete(files, digests)
    self.files = files.sorted { Self.isBefore($0, $1) }
  }

  private static func checkComplete(
    _ files: [File], _ digests: BundleDigests?
  ) throws(MLflowFilesFault) {
    let needed = BundleDigests.files + [BundleSignature.fileName]
    for name in needed + (digests?.entries.map { $0.name } ?? []) {
      guard files.contains(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
        throw .missing(name: name)
      }
    }
  }

  /// Whether a bundle may have a file of that name. The endings `.part` and `.part.state` are
  /// taken, because a download keeps its part and its state beside the file.
  private static func isName(_ name: String) -> Bool {
    ConfigurationText.isDottedName(name) && !name.hasSuffix(".part")
      && !name.hasSuffix(".part.state")
  }

  /// Small files come first, because they show soonest that something is wrong.
  private static func isBefore(_ one: File, _ other: File) -> Bool {
    one.bytes != other.bytes ? one.bytes < other.bytes : one.name < other.name
  }
}
