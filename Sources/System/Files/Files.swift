import CPlatform

/// Reads and writes whole files, with a limit on the bytes read.
///
/// A path where something else than a regular file lies is refused and never waited for
/// (`openRegular`).
package enum Files {
  package enum Failure: Error, Equatable {
    /// errno of the call that failed.
    case system(code: Int32)
    case tooLarge(bytesMax: Int)
    /// Something that is no file lies there.
    case notRegular(Oddity)
    /// A folder has more names than its reader takes.
    case tooManyNames(namesMax: Int)
  }

  /// The most names of a folder that are read: each takes some 50 bytes of memory. The agent's own
  /// folders have a few dozen, and a folder of devices in /dev or /sys some hundreds.
  package static let namesMax = 4096

  /// Reads a whole regular file.
  ///
  /// - Throws: `.tooLarge` when the file has more than `bytesMax` bytes, and what `openRegular`
  ///   throws.
  package static func read(
    _ path: String, bytesMax: Int, links: Links = .followed
  ) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try readPieces(of: path, bytesMax: bytesMax, links: links) { (piece) throws(Failure) in
      bytes.append(contentsOf: piece)
    }
    return bytes
  }

  /// Replaces the file's content, not atomically; makes the file if there is none.
  package static func write(
    _ bytes: [UInt8], to path: String, links: Links = .followed
  ) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    let file = try openRegular(path, flags: flags, links: links)
    defer { withExtendedLifetime(file) {} }
    try append(bytes, to: file.raw)
  }

  /// Makes a file that must not be there yet.
  package static func create(_ path: String, _ bytes: [UInt8], mode: mode_t) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = path.withCString { cp_open($0, flags, mode) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    try writeAndClose(bytes, descriptor)
  }

  /// Makes a file that must not be there yet, and leaves it open to be written.
  package static func create(_ path: String, mode: mode_t) throws(Failure) -> Descriptor {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
    let descriptor = path.withCString { cp_open($0, flags, mode) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    return Descriptor(owning: descriptor)
  }

  /// Writes at the end of a regular file; makes the file if there is none.
  package static func append(_ bytes: [UInt8], to path: String) throws(Failure) {
    let file = try openRegular(path, flags: O_WRONLY | O_CREAT | O_APPEND)
    defer { withExtendedLifetime(file) {} }
    try append(bytes, to: file.raw)
  }

  /// Replaces the file as a whole: even after a power cut the file has the old content or the new.
  ///
  /// - Parameter isShared: all users who get into the folder may read it, whatever the process's
  ///   umask.
  package static func replace(
    _ path: String, with bytes: [UInt8], isShared: Bool = false
  ) throws(Failure) {
    let temporary = path + ".new"
    // Something else than the rest of an earlier run may lie there; `create` opens nothing old.
    remove(temporary)
    try create(temporary, bytes, mode: 0o644)
    if isShared, temporary.withCString({ chmod($0, 0o644) }) != 0 {
      throw .system(code: cp_errno())
    }
    try synchronize(temporary)
    try rename(temporary, to: path)
  }

  /// Lets all users who get into the folder read a file, whatever the process's umask.
  package static func share(_ file: Descriptor) throws(Failure) {
    guard fchmod(file.raw, 0o644) == 0 else { throw .system(code: cp_errno()) }
  }

  /// Waits until a file's content, or a folder's names, are on the disk.
  package static func synchronize(_ path: String) throws(Failure) {
    let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let descriptor = path.withCString { cp_open($0, flags, 0) }
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

  /// The kind of the file at a path; a link that is refused is `.other`.
  package static func kind(_ path: String, links: Links = .followed) -> Kind {
    var status = stat()
    let found = path.withCString { links == .refused ? lstat($0, &status) : stat($0, &status) }
    guard found == 0 else { return .missing }
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
  ///
  /// - Throws: `.tooManyNames`.
  package static func names(in folder: String) throws(Failure) -> [String] {
    let names = try entries(of: folder, namesMax: namesMax + 1)
    guard names.count <= namesMax else { throw .tooManyNames(namesMax: namesMax) }
    return names.filter { $0.utf8.first != UInt8(ascii: ".") }.sorted()
  }

  /// The first `namesMax` names in a folder but `.` and `..`, in no order.
  static func entries(of folder: String, namesMax: Int) throws(Failure) -> [String] {
    var names: [String] = []
    try lookThrough(folder) { name in
      names.append(name)
      return names.count < namesMax
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
    case .notRegular(let oddity): "\(oddity.text) is there, and a file has to be; remove it"
    case .tooManyNames(let namesMax): "more than \(namesMax) names; remove what is not needed"
    }
  }
}
