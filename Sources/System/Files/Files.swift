import CPlatform

/// Reads and writes whole files, with a limit on the bytes read.
package enum Files {
  package enum Failure: Error, Equatable {
    /// errno of the call that failed.
    case system(code: Int32)
    case tooLarge(bytesMax: Int)
    /// A link, a pipe, a device or a folder, where a file should be.
    case notAFile
  }

  /// Reads a whole file.
  ///
  /// - Throws: `.tooLarge` when the file has more than `bytesMax` bytes.
  package static func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try readPieces(of: path, bytesMax: bytesMax) { (piece) throws(Failure) in
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  /// Replaces the file's content, not atomically; makes the file if there is none.
  package static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    try write(bytes, to: path, flags: O_TRUNC, mode: 0o644)
  }

  /// Makes a file that must not be there yet.
  package static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(Failure) {
    try write(bytes, to: path, flags: O_EXCL, mode: mode)
  }

  /// Makes a file that must not be there yet, and leaves it open to be written.
  package static func create(_ path: String, mode: mode_t) throws(Failure) -> Descriptor {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = path.withCString { cp_open($0, flags, mode) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    return Descriptor(owning: descriptor)
  }

  /// Writes at the end of the file; makes the file if there is none.
  package static func append(_ bytes: [UInt8], to path: String) throws(Failure) {
    try write(bytes, to: path, flags: O_APPEND, mode: 0o644)
  }

  private static func write(
    _ bytes: [UInt8], to path: String, flags: Int32, mode: mode_t
  ) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | flags
    let descriptor = path.withCString { cp_open($0, flags, mode) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    do throws(Failure) {
      try bytes.span.withUnsafeBytes { (bytes) throws(Failure) in
        try writeAll(bytes, to: descriptor)
      }
    } catch {
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Replaces the file as a whole: even after a power cut the file has the old content or the new.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
    let temporary = path + ".new"
    try write(bytes, to: temporary)
    try synchronize(temporary)
    try rename(temporary, to: path)
  }

  /// Waits until a file's content, or a folder's names, are on the disk.
  package static func synchronize(_ path: String) throws(Failure) {
    let descriptor = path.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Waits until an open file's content is on the disk.
  package static func synchronize(_ file: Descriptor) throws(Failure) {
    guard fsync(file.raw) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Renames a file, replacing a file at `newPath`, and waits until that is on the disk.
  package static func rename(_ path: String, to newPath: String) throws(Failure) {
    guard path.withCString({ old in newPath.withCString { CPlatform.rename(old, $0) } }) == 0 else {
      throw .system(code: cp_errno())
    }
    try synchronize(folder(of: newPath))
  }

  /// The path up to its last slash; `.` for a bare name.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// What follows the last slash.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The size of the file; 0 if there is none.
  package static func bytes(of path: String) -> Int {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 ? Int(status.st_size) : 0
  }

  /// Removes a file; ignores failures.
  package static func remove(_ path: String) { _ = path.withCString { unlink($0) } }

  package enum Kind: Equatable { case missing, folder, file, other }

  /// The kind of the file at a path; links are followed.
  package static func kind(_ path: String) -> Kind {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return .missing }
    switch status.st_mode & CP_S_IFMT {
    case CP_S_IFDIR: return .folder
    case CP_S_IFREG: return .file
    default: return .other
    }
  }

  /// Makes the folder for the file `path`, if the folder's parent exists. A failure shows when the
  /// caller makes the file.
  package static func makeFolder(of path: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
    _ = String(path[..<slash]).withCString { mkdir($0, 0o750) }
  }

  /// The path from the root, links resolved; unchanged if nothing is there.
  package static func absolute(_ path: String) -> String {
    guard let resolved = path.withCString({ realpath($0, nil) }) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Names in a folder, in the order of their bytes, without those that begin with a dot.
  package static func names(in folder: String) throws(Failure) -> [String] {
    try entries(of: folder).filter { $0.utf8.first != UInt8(ascii: ".") }.sorted()
  }

  /// All names in a folder but `.` and `..`, in no order.
  static func entries(of folder: String) throws(Failure) -> [String] {
    var names: [String] = []
    try lookThrough(folder) { name in
      names.append(name)
      return true
    }
    return names
  }

  /// Hands over the names of `entries` one by one, for as long as the closure returns true.
  package static func lookThrough(
    _ folder: String, _ goesOn: (String) -> Bool
  ) throws(Failure) {
    guard let directory = folder.withCString({ opendir($0) }) else {
      throw .system(code: cp_errno())
    }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = name(of: entry)
      guard isFolderItself(name) || goesOn(name) else { return }
    }
  }

  static func name(of entry: UnsafeMutablePointer<dirent>) -> String {
    withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  /// Whether an entry of a folder is the folder, or the one above it.
  static func isFolderItself(_ name: String) -> Bool {
    name.utf8.elementsEqual(".".utf8) || name.utf8.elementsEqual("..".utf8)
  }
}

extension Files.Failure {
  package var text: String {
    switch self {
    case .system(let code): String(cString: cp_error_text(code))
    case .tooLarge(let bytesMax): "larger than the limit of \(bytesMax) bytes"
    case .notAFile: "not a regular file"
    }
  }
}
