import CPlatform

/// A folder that is open. What is read by name is in this one folder, whatever another
/// process puts at its path meanwhile.
///
/// A file is opened without waiting and without following a link, and is read only where it is a
/// regular file: a pipe or a device in a folder that somebody else can write stops nobody.
package final class OpenedFolder {
  private let descriptor: Descriptor

  /// - Throws: `.system`, of a link too: `ENOTDIR` or `ELOOP`.
  package init(_ path: String) throws(Files.Failure) {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    let raw = path.withCString { cp_open($0, flags, 0) }
    guard raw >= 0 else { throw .system(code: cp_errno()) }
    descriptor = Descriptor(owning: raw)
  }

  /// Opens a folder below another one. No part of the way is a link: who can write there leads
  /// nobody astray.
  ///
  /// - Parameter path: from there, `fall/1`.
  package init(_ path: String, below base: String) throws(Files.Failure) {
    let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
    var opened = try OpenedFolder(base).descriptor
    for part in path.utf8.split(separator: UInt8(ascii: "/")) {
      let raw = String(decoding: Array(part), as: UTF8.self).withCString {
        cp_openat(opened.raw, $0, flags, 0)
      }
      guard raw >= 0 else { throw .system(code: cp_errno()) }
      opened = Descriptor(owning: raw)
    }
    descriptor = opened
  }

  /// All names in it but `.` and `..`, in the order of their bytes.
  ///
  /// - Parameter countMax: it stops behind so many.
  package func names(countMax: Int) throws(Files.Failure) -> [String] {
    let copy = dup(descriptor.raw)
    guard copy >= 0 else { throw .system(code: cp_errno()) }
    guard let directory = fdopendir(copy) else {
      let code = cp_errno()
      close(copy)
      throw .system(code: code)
    }
    defer { closedir(directory) }
    rewinddir(directory)
    var names: [String] = []
    while names.count < countMax, let entry = readdir(directory) {
      let name = Files.name(of: entry)
      if !Files.isFolderItself(name) { names.append(name) }
    }
    return names.sorted()
  }

  /// Opens a file once and hands over its content in order.
  ///
  /// - Parameter expects: hears the file's size before its first piece.
  /// - Throws: `.notRegular`, `.tooLarge`, `.system`.
  package func readPieces(
    of name: String, bytesMax: Int, expects: (Int) -> Void = { _ in },
    _ take: (ArraySlice<UInt8>) throws(Files.Failure) -> Void
  ) throws(Files.Failure) {
    let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    let raw = name.withCString { cp_openat(descriptor.raw, $0, flags, 0) }
    guard raw >= 0 else {
      let code = cp_errno()
      if code == ELOOP { throw .notRegular(.link) }
      throw code == ENXIO ? .notRegular(.socket) : .system(code: code)
    }
    defer { close(raw) }
    var status = stat()
    guard fstat(raw, &status) == 0 else { throw .system(code: cp_errno()) }
    try Files.checkType(UInt32(status.st_mode) & CP_S_IFMT)
    guard status.st_size <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
    expects(Int(status.st_size))
    try Files.readPieces(from: raw, bytesMax: bytesMax, take)
  }

  /// Reads a whole file, with memory for its size and no more.
  package func read(_ name: String, bytesMax: Int) throws(Files.Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    try readPieces(of: name, bytesMax: bytesMax, expects: { bytes.reserveCapacity($0) }) {
      bytes.append(contentsOf: $0)
    }
    return bytes
  }
}
