import System
import Text

extension Digest {
  /// Of a file's content, piece by piece.
  package init(ofFile path: String) throws(Files.Failure) {
    let hash = DigestStream()
    try Files.readPieces(of: path) { (piece) throws(Files.Failure) in hash.update(piece) }
    self = hash.finish()
  }
}
