import CPlatform
import System
import Text
import Trust

/// A download that is not whole yet: `OUTPUT.part`. `OUTPUT.part.state` beside it says to which
/// file the bytes belong. One process at a time holds the part.
final class PartFile {
  let path: String
  private let file: Descriptor
  private var descriptor: Int32 { file.raw }
  /// Bytes in the file.
  private(set) var size: Int64 = 0

  /// - Throws: `.busy` while another process downloads to the same place.
  init(output: String) throws(DownloadError) {
    path = output + ".part"
    do throws(Files.Failure) {
      file = try Files.openRegular(path, flags: O_RDWR | O_CREAT, links: .refused)
    } catch {
      throw .file(path: path, error)
    }
    // The lock ends with the descriptor, and so with the process. Another process may have renamed
    // its part just now. Then this process has opened the finished file.
    guard flock(file.raw, LOCK_EX | LOCK_NB) == 0 else { throw .busy(path: path) }
    var (opened, named) = (stat(), stat())
    guard fstat(file.raw, &opened) == 0, path.withCString({ stat($0, &named) }) == 0,
      opened.st_ino == named.st_ino
    else { throw .busy(path: path) }
    size = Int64(opened.st_size)
  }

  /// Keeps the first `size` bytes.
  func cut(to size: Int64) throws(DownloadError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else {
      throw .file(path: path, .system(code: cp_errno()))
    }
    self.size = size
  }

  @export(interface)
  func append(_ bytes: UnsafeRawBufferPointer) throws(DownloadError) {
    var done = 0
    while done < bytes.count {
      let count = uninterrupted {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(size))
      }
      guard count > 0 else {
        throw .file(path: path, .system(code: count < 0 ? cp_errno() : ENOSPC))
      }
      done += count
      size += Int64(count)
    }
  }

  /// Adds all bytes of the part to a digest.
  @export(interface)
  func hash(into digest: DigestStream) throws(DownloadError) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: HTTPLimits.bufferBytes, alignment: 16)
    defer { buffer.deallocate() }
    var place: Int64 = 0
    while place < size {
      let count = try read(at: place, into: buffer)
      digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      place += Int64(count)
    }
  }

  /// Compares bytes of a server with those of the part.
  ///
  /// - Parameter bytes: the bytes from `place` on, as a server sends them.
  /// - Returns: how many of them the part has too, up to the first difference.
  @export(interface)
  func commonBytes(at place: Int64, _ bytes: UnsafeRawBufferPointer) throws(DownloadError) -> Int {
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: HTTPLimits.bufferBytes, alignment: 16)
    defer { buffer.deallocate() }
    var same = 0
    while same < bytes.count, place + Int64(same) < size {
      let count = min(try read(at: place + Int64(same), into: buffer), bytes.count - same)
      let end = same + count
      while same < end, bytes[same] == buffer[count - (end - same)] { same += 1 }
      if same < end { break }
    }
    return same
  }

  private func read(
    at place: Int64, into buffer: UnsafeMutableRawBufferPointer
  ) throws(DownloadError) -> Int {
    let count = uninterrupted {
      pread(descriptor, buffer.baseAddress, buffer.count, off_t(place))
    }
    guard count > 0 else { throw .file(path: path, .system(code: count < 0 ? cp_errno() : EIO)) }
    return count
  }

  /// Waits until the bytes are on the disk.
  func synchronize() throws(DownloadError) {
    guard fsync(descriptor) == 0 else { throw .file(path: path, .system(code: cp_errno())) }
  }

  /// Gives the whole file its name. After this call, a loss of power cannot harm the file.
  @export(interface)
  func install(as output: String) throws(DownloadError) {
    try synchronize()
    do throws(Files.Failure) {
      try Files.rename(path, to: output)
    } catch {
      throw .file(path: output, error)
    }
    PartState.remove(output)
  }

  /// Removes the part and its state.
  func discard(_ output: String) {
    _ = path.withCString { unlink($0) }
    PartState.remove(output)
  }
}

/// To which file the bytes of a part belong.
struct PartState: Equatable {
  static let bytesMax = 32 * 1024

  /// Without secrets: those of a presigned address change, and the file must not tell them.
  var url: String
  /// The id of the boot in which the part was written. After a loss of power a part may have zeros
  /// in the place of its bytes. Only a digest shows that.
  var boot: String
  /// The length of the whole file, where the caller or the server told it.
  var length: Int64?
  /// A strong ETag, in its quotes.
  var validator: String?

  /// The four lines of the state's file; `-` stands for an unknown value.
  var text: String {
    "\(url)\n\(boot)\n\(length.map { "\($0)" } ?? "-")\n\(validator ?? "-")\n"
  }

  init(url: String, boot: String, length: Int64?, validator: String?) {
    (self.url, self.boot, self.length, self.validator) = (url, boot, length, validator)
  }

  init?(text bytes: [UInt8]) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count == 5, lines[4].isEmpty else { return nil }
    let words = lines.map { String(decoding: $0, as: UTF8.self) }
    (url, boot) = (words[0], words[1])
    length = Digits.number(words[2])
    validator = words[3] == "-" ? nil : words[3]
    guard length != nil || words[2] == "-" else { return nil }
  }

  static func path(_ output: String) -> String { output + ".part.state" }

  static func read(_ output: String) -> PartState? {
    guard let bytes = try? Files.read(path(output), bytesMax: bytesMax, links: .refused)
    else { return nil }
    return PartState(text: bytes)
  }

  @export(interface)
  func write(_ output: String) throws(DownloadError) {
    do throws(Files.Failure) {
      try Files.write(Array(text.utf8), to: Self.path(output), links: .refused)
    } catch {
      throw .file(path: Self.path(output), error)
    }
  }

  static func remove(_ output: String) { _ = path(output).withCString { unlink($0) } }
}
