import CPlatform

/// Folders and symbolic links, changed so that they are on the disk before a call returns.
enum Folders {
  /// Makes a folder that everybody may read; one that is there already will do.
  static func make(_ path: String) throws(Files.Failure) {
    FaultPoint.reach()
    if path.withCString({ mkdir($0, 0o755) }) != 0 {
      guard cp_errno() == EEXIST, Files.kind(path) == .folder else {
        throw .system(code: cp_errno())
      }
      return
    }
    try Files.synchronize(Files.folder(of: path))
  }

  /// What a symbolic link says; nil for anything else.
  static func linkTarget(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { raw in
      path.withCString { readlink($0, raw.baseAddress!, raw.count) }
    }
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Lets a link say something else: whatever happens, the power included, it says the old or the
  /// new.
  static func link(_ path: String, to target: String) throws(Files.Failure) {
    let temporary = path + ".new"
    FaultPoint.reach()
    temporary.withCString { _ = unlink($0) }
    FaultPoint.reach()
    guard target.withCString({ to in temporary.withCString { symlink(to, $0) } }) == 0 else {
      throw .system(code: cp_errno())
    }
    try Files.rename(temporary, to: path)
  }

  /// Removes a file or a link for good; one that is not there will do.
  static func unlinkFile(_ path: String) throws(Files.Failure) {
    FaultPoint.reach()
    guard path.withCString({ unlink($0) }) == 0 || cp_errno() == ENOENT else {
      throw .system(code: cp_errno())
    }
    try Files.synchronize(Files.folder(of: path))
  }

  /// Removes whatever is there, folders with all they hold; links are not followed. What it cannot
  /// remove stays, and a later call tries again.
  ///
  /// - Parameter depthMax: folders in folders; deeper ones are not ours.
  static func removeTree(_ path: String, depthMax: Int = 4) {
    FaultPoint.reach()
    if path.withCString({ unlink($0) }) == 0 || depthMax == 0 { return }
    for name in allNames(in: path) { removeTree(path + "/" + name, depthMax: depthMax - 1) }
    path.withCString { _ = rmdir($0) }
  }

  /// Also those that begin with a dot; none where there is no folder.
  static func allNames(in folder: String) -> [String] {
    guard let directory = folder.withCString({ opendir($0) }) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.utf8.elementsEqual(".".utf8) && !name.utf8.elementsEqual("..".utf8) {
        names.append(name)
      }
    }
    return names
  }
}

/// A folder that only one process changes at a time; let go of at the latest when that one ends.
final class FolderLock {
  private let descriptor: Int32

  /// - Returns: nil while another process holds it.
  init?(_ folder: String) throws(Files.Failure) {
    descriptor = folder.withCString { cp_open($0, O_RDONLY | O_CLOEXEC, 0) }
    guard descriptor >= 0 else { throw .system(code: cp_errno()) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if cp_errno() == EWOULDBLOCK { return nil }
      throw .system(code: cp_errno())
    }
  }

  // Runs also when `init` refuses, since by then the descriptor is there.
  deinit { if descriptor >= 0 { close(descriptor) } }
}
