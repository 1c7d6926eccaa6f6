import System
import Trust

/// Writes a bundle's files into a folder of this process while they are read elsewhere. So what is
/// installed is what was read, whatever happens to the other folder meanwhile.
final class BundleCopy: BundleFiles.Copy {
  /// Empty, and nobody else's.
  let folder: String
  private var file: Descriptor?

  init(to folder: String) { self.folder = folder }

  func begin(_ name: String) throws(Files.Failure) {
    file = try Files.create(folder + "/" + name, mode: 0o644)
  }

  func take(_ piece: ArraySlice<UInt8>) throws(Files.Failure) {
    guard let file else { return }
    try Files.append(Array(piece), to: file.raw)
  }

  /// Waits for the disk.
  func end() throws(Files.Failure) {
    guard let file else { return }
    try Files.share(file)
    try Files.synchronize(file)
    self.file = nil
  }
}
