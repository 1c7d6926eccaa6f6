import System
import Text

extension Digest {
  /// The SHA-256 of a file. This reads the file piece by piece, so a long file needs no more
  /// memory.
  ///
  /// - Throws: what `Files.readPieces` throws, for a link too.
  package init(ofFile path: String, bytesMax: Int) throws(Files.Failure) {
    let hash = DigestStream()
    try Files.readPieces(of: path, bytesMax: bytesMax, links: .refused) {
      (piece) throws(Files.Failure) in hash.update(piece)
    }
    self = hash.finish()
  }
}
