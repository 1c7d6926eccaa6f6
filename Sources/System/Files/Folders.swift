import CPlatform

/// Folders and symbolic links, changed so that they are on the disk before a call returns.
package enum Folders {
  /// Makes a folder that everybody may read; one that is there already will do.
  package static func make(_ path: String) throws(Files.Failure) {
    if path.withCString({ mkdir($0, 0o755) }) != 0 {
      guard cp_errno() == EEXIST, Files.kind(path) == .folder else {
        throw .system(code: cp_errno())
      }
      return
    }
    try Files.synchronize(Files.folder(of: path))
  }

  /// What a symbolic link says; nil for anything else.
  package static func linkTarget(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = bytes.withUnsafeMutableBytes { raw in
      path.withCString { readlink($0, raw.baseAddress!, raw.count) }
    }
    guard count > 0 else { return nil }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// Lets a link say something else: whatever happens, the power included, it says the old or the
  /// new.
  package static func link(_ path: String, to target: String) throws(Files.Failure) {
    let temporary = path + ".new"
    temporary.withCString { _ = unlink($0) }
    guard target.withCString({ to in temporary.withCString { symlink(to, $0) } }) == 0 else {
      throw .system(code: cp_errno())
    }
    try Files.rename(temporary, to: path)
  }

  /// Removes a file or a link for good; one that is not there will do.
  package static func unlinkFile(_ path: String) throws(Files.Failure) {
    guard path.withCString({ unlink($0) }) == 0 || cp_errno() == ENOENT else {
      throw .system(code: cp_errno())
    }
    try Files.synchronize(Files.folder(of: path))
  }

  /// Removes whatever is there, folders with all they hold; links are not followed. What it cannot
  /// remove stays, and a later call tries again.
  ///
  /// - Parameter depthMax: folders in folders; deeper ones are not ours.
  package static func removeTree(_ path: String, depthMax: Int = 4) {
    if path.withCString({ unlink($0) }) == 0 || depthMax == 0 { return }
    for name in allNames(in: path) { removeTree(path + "/" + name, depthMax: depthMax - 1) }
    path.withCString { _ = rmdir($0) }
  }

  /// Also those that begin with a dot; none where there is no folder.
  package static func allNames(in folder: String) -> [String] {
    (try? Files.entries(of: folder)) ?? []
  }
}
