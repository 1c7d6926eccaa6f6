import CPlatform
import System

/// A file to whose end records are written, and which is replaced as a whole. It belongs to the
/// agent's user alone.
///
/// Tests make a subclass that notes each step, so that they can lose power after any of them.
class AppendFile {
  let folder: String
  let name: String
  var path: String { "\(folder)/\(name)" }
  private var descriptor: Int32 = -1
  private var size = 0
  var byteCount: Int { size }

  init(folder: String, name: String) { (self.folder, self.name) = (folder, name) }

  deinit { close() }

  private func close() {
    if descriptor >= 0 { _ = CPlatform.close(descriptor) }
    descriptor = -1
  }

  /// Makes the folder if there is none, and refuses one that others may write.
  static func prepare(folder: String) throws(AlertStateError) {
    if folder.withCString({ mkdir($0, 0o700) }) == 0 {
      _ = try? Files.synchronize(Files.folder(of: folder))
    } else if cp_errno() != EEXIST {
      throw .file(path: folder, code: cp_errno())
    }
    var status = stat()
    guard folder.withCString({ lstat($0, &status) }) == 0 else {
      throw .file(path: folder, code: cp_errno())
    }
    guard UInt32(status.st_mode) & CP_S_IFMT == CP_S_IFDIR else { throw .notPlain(path: folder) }
    try checkOwner(status, folder)
  }

  private static func checkOwner(_ status: stat, _ path: String) throws(AlertStateError) {
    guard status.st_uid == geteuid() else { throw .foreign(path: path, user: status.st_uid) }
    guard UInt32(status.st_mode) & 0o022 == 0 else {
      throw .writable(path: path, mode: UInt32(status.st_mode))
    }
  }

  /// The content of the file, which stays open for writing; nil if there is none.
  func open(bytesMax: Int) throws(AlertStateError) -> [UInt8]? {
    close()
    let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let raw = path.withCString { cp_open($0, flags, 0) }
    guard raw >= 0 else {
      switch cp_errno() {
      case ENOENT: return nil
      case ELOOP: throw .notPlain(path: path)
      default: throw .file(path: path, code: cp_errno())
      }
    }
    descriptor = raw
    do throws(AlertStateError) {
      return try readAll(bytesMax: bytesMax)
    } catch {
      close()
      throw error
    }
  }

  private func readAll(bytesMax: Int) throws(AlertStateError) -> [UInt8] {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .file(path: path, code: cp_errno()) }
    guard UInt32(status.st_mode) & CP_S_IFMT == CP_S_IFREG, status.st_nlink == 1 else {
      throw .notPlain(path: path)
    }
    try Self.checkOwner(status, path)
    guard status.st_size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { room in
        uninterrupted { read(descriptor, room.baseAddress! + done, room.count - done) }
      }
      guard count >= 0 else { throw .file(path: path, code: cp_errno()) }
      if count == 0 { break }
      done += count
    }
    size = done
    return Array(bytes[..<done])
  }

  // MARK: steps that a loss of power may come between

  /// At the end; not on the disk before `synchronize`.
  func write(_ bytes: [UInt8]) throws(AlertStateError) {
    guard descriptor >= 0 else { throw .file(path: path, code: EBADF) }
    do throws(Files.Failure) {
      try Files.append(bytes, to: descriptor)
    } catch {
      throw .from(error, path: path)
    }
    size += bytes.count
  }

  func synchronize() throws(AlertStateError) {
    guard descriptor >= 0, fdatasync(descriptor) == 0 else {
      throw .file(path: path, code: descriptor < 0 ? EBADF : cp_errno())
    }
  }

  /// Removes what follows, and waits until that is on the disk.
  func cut(to count: Int) throws(AlertStateError) {
    guard descriptor >= 0, ftruncate(descriptor, off_t(count)) == 0, fsync(descriptor) == 0 else {
      throw .file(path: path, code: descriptor < 0 ? EBADF : cp_errno())
    }
    size = count
  }

  /// Makes the file that `takeNew` puts in the place of this one. A failure changes nothing.
  func writeAnew(_ bytes: [UInt8]) throws(AlertStateError) {
    let new = path + ".new"
    Files.remove(new)
    do throws(Files.Failure) {
      try Files.create(new, bytes, mode: 0o600)
      try Files.synchronize(new)
    } catch {
      throw .from(error, path: new)
    }
  }

  /// Even after a loss of power the file has the old content or the new. After a failure nobody
  /// knows which: the caller writes it anew.
  func takeNew(byteCount count: Int) throws(AlertStateError) {
    do throws(Files.Failure) {
      try Files.rename(path + ".new", to: path)
    } catch {
      throw .from(error, path: path)
    }
    close()
    let flags = O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC
    let raw = path.withCString { cp_open($0, flags, 0) }
    guard raw >= 0 else { throw .file(path: path, code: cp_errno()) }
    (descriptor, size) = (raw, count)
  }

  /// Keeps the file under another name: `state.refused-1`, or the next number that is free.
  ///
  /// - Returns: that name; nil when it cannot be renamed.
  func setAside() -> String? {
    close()
    for number in 1...9 {
      let other = "\(path).refused-\(number)"
      guard Files.kind(other) == .missing || number == 9 else { continue }
      return (try? Files.rename(path, to: other)) == nil ? nil : other
    }
    return nil
  }
}
