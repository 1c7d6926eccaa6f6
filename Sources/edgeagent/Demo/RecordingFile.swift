import System

/// The file that a recorder writes: made anew, and open until the recording is over. So what is
/// recorded goes to that file, even when somebody renames it or puts another one in its place.
final class RecordingFile {
  private let path: String
  private let descriptor: Descriptor

  /// Makes the file, whose name is on the disk then.
  ///
  /// - Throws: also when there is a file of that name: no recording is overwritten.
  init(_ path: String, _ bytes: [UInt8]) throws(Failure) {
    self.path = path
    do throws(Files.Failure) {
      descriptor = try Files.create(path, mode: 0o640)
      try Files.append(bytes, to: descriptor.raw)
      try Files.synchronize(Files.folder(of: path))
    } catch {
      throw .failed("\(path): \(error.text)", "give --output a name that no file has")
    }
  }

  func append(_ bytes: [UInt8], isSynchronized: Bool) throws(Failure) {
    do throws(Files.Failure) {
      if !bytes.isEmpty { try Files.append(bytes, to: descriptor.raw) }
      if isSynchronized { try Files.synchronize(descriptor) }
    } catch {
      throw .failed(
        "\(path): \(error.text)", "what was written before can be replayed; make room, begin anew")
    }
  }
}
