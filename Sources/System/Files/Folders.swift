import CPlatform

/// Folders and symbolic links, changed so that they are on the disk before a call returns.
package enum Folders {
  /// Makes a folder that all users may read. Does nothing if there is one already.
  package static func make(_ path: String) throws(Files.Failure) {
    if path.withCString({ mkdir($0, 0o755) }) != 0 {
      guard cp_errno() == EEXIST, Files.kind(path) == .folder else {
        throw .system(code: cp_errno())
      }
      return
    }
    // The process's umask may be narrower.
    guard path.withCString({ chmod($0, 0o755) }) == 0 else { throw .system(code: cp_errno()) }
    try Files.synchronize(Files.folder(of: path))
  }

  /// The target of a symbolic link; nil if `path` is none.
  package static func linkTarget(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { raw in
      path.withCString { readlink($0, raw.baseAddress!, raw.count) }
    }
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Gives a link a new target: even after a power cut it has the old target or the new.
  package static func link(_ path: String, to target: String) throws(Files.Failure) {
    let temporary = path + ".new"
    temporary.withCString { _ = unlink($0) }
    guard target.withCString({ to in temporary.withCString { symlink(to, $0) } }) == 0 else {
      throw .system(code: cp_errno())
    }
    try Files.rename(temporary, to: path)
  }

  /// Removes a file or a link, and waits until that is on the disk. Does nothing if there is none.
  package static func unlinkFile(_ path: String) throws(Files.Failure) {
    guard path.withCString({ unlink($0) }) == 0 || cp_errno() == ENOENT else {
      throw .system(code: cp_errno())
    }
    try Files.synchronize(Files.folder(of: path))
  }

  /// Removes a file, a link, or a folder with all its content; it follows no link. Parts that it
  /// cannot remove stay, and a later call tries again.
  ///
  /// - Parameter depthMax: how many levels of folders are removed; the agent makes no deeper ones.
  package static func removeTree(_ path: String, depthMax: Int = 4) {
    if path.withCString({ unlink($0) }) == 0 || depthMax == 0 { return }
    // A fuller folder takes a few calls: what is left of it stays for the next.
    for name in allNames(in: path) { removeTree(path + "/" + name, depthMax: depthMax - 1) }
    path.withCString { _ = rmdir($0) }
  }

  /// The first `Files.namesMax` names in a folder, also those that begin with a dot; none if there
  /// is no folder.
  package static func allNames(in folder: String) -> [String] {
    (try? Files.entries(of: folder, namesMax: Files.namesMax)) ?? []
  }
}
