import System
import Text

extension Digest {
  /// The SHA-256 of a file. This reads the file piece by piece, so a long file needs no more
  /// memory.
  package init(ofFile path: String) throws(Files.Failure) {
    let hash = DigestStream()
    try Files.readPieces(of: path) { (piece) throws(Files.Failure) in hash.update(piece) }
    self = hash.finish()
  }
}
