import CPlatform
import SensorIO

/// Whole files, with a limit on what is read.
enum Files {
  enum Failure: Error, Equatable {
    /// errno of the call that failed.
    case system(code: Int32)
    case tooLarge(bytesMax: Int)
  }

  static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = CPlatform.read(descriptor, &chunk, chunk.count)
      if count < 0 && cp_errno() == EINTR { continue }
      guard count >= 0 else { throw .system(code: cp_errno()) }
      guard count > 0 else { return bytes }
      guard bytes.count + count <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// Replaces the file's content.
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try write(bytes, to: path, flags: O_TRUNC, mode: 0o644)
  }

  /// Makes a file that must not be there yet.
  static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(Failure) {
    try write(bytes, to: path, flags: O_EXCL, mode: mode)
  }

  /// Writes at the end of a file that is there.
  static func append(_ bytes: [UInt8], to path: String) throws(Failure) {
    try write(bytes, to: path, flags: O_APPEND, mode: 0o644)
  }

  private static func write(
    _ bytes: [UInt8], to path: String, flags: Int32, mode: mode_t
  ) throws(Failure) {
    FaultPoint.reach()
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | flags
    let descriptor = path.withCString { cp_open($0, flags, mode) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        CPlatform.write(descriptor, $0.baseAddress! + done, bytes.count - done)
      }
      if count < 0 && cp_errno() == EINTR { continue }
      guard count >= 0 else {
        let code = cp_errno()
        close(descriptor)
        throw .system(code: code)
      }
      done += count
    }
    guard close(descriptor) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Replaces the file as a whole: whatever happens, the power included, there is the old content
  /// or the new.
  static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = path + ".new"
    try write(bytes, to: temporary)
    try synchronize(temporary)
    try rename(temporary, to: path)
  }

  /// Waits until a file's content, or a folder's names, are on the disk.
  static func synchronize(_ path: String) throws(Failure) {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    FaultPoint.reach()
    guard fsync(descriptor) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Renames over whatever is there, for good.
  static func rename(_ path: String, to newPath: String) throws(Failure) {
    FaultPoint.reach()
    guard path.withCString({ old in newPath.withCString { CPlatform.rename(old, $0) } }) == 0 else {
      throw .system(code: cp_errno())
    }
    try synchronize(folder(of: newPath))
  }

  /// The path up to its last slash; `.` for a bare name.
  static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// What follows the last slash.
  static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// 0 where nothing is there.
  static func bytes(of path: String) -> Int {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 ? Int(status.st_size) : 0
  }

  static func remove(_ path: String) { _ = path.withCString { unlink($0) } }

  enum Kind: Equatable { case missing, folder, file, other }

  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return .missing }
    switch status.st_mode & CP_S_IFMT {
    case CP_S_IFDIR: return .folder
    case CP_S_IFREG: return .file
    default: return .other
    }
  }

  /// Makes the folder that a file is to stand in, if its own parent exists. Whether that went well
  /// shows when the file is made.
  static func makeFolder(of path: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
    _ = String(path[..<slash]).withCString { mkdir($0, 0o750) }
  }

  /// The path from the root, links resolved; as it was where nothing is there.
  static func absolute(_ path: String) -> String {
    guard let resolved = path.withCString({ realpath($0, nil) }) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Names in a folder, in the order of their bytes, without those that begin with a dot.
  static func names(in folder: String) throws(Failure) -> [String] {
    guard let directory = folder.withCString({ opendir($0) }) else {
      throw .system(code: cp_errno())
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.utf8.first != UInt8(ascii: ".") { names.append(name) }
    }
    names.sort()
    return names
  }
}

extension Files.Failure {
  var text: String {
    switch self {
    case .system(let code): String(cString: cp_error_text(code))
    case .tooLarge(let bytesMax): "larger than the limit of \(bytesMax) bytes"
    }
  }
}
