import CPlatform
import Testing

@testable import System

/// A new folder for one test, with folders in it; removed at the end.
package final class TestFolder {
  package let path: String

  package init() {
    var template = Array("/tmp/edgeagent-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
  }

  deinit { Self.remove(path) }

  /// Writes a file, and the folders that lead to it.
  @discardableResult
  package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      _ = mkdir(folder, 0o700)
    }
    try Files.write(bytes, to: "\(path)/\(name)")
    return "\(path)/\(name)"
  }

  package func remove(_ name: String) { unlink("\(path)/\(name)") }

  /// An executable for /bin/sh.
  package func script(_ name: String, _ lines: String) throws -> String {
    let script = try file(name, Array("#!/bin/sh\n\(lines)\n".utf8))
    #expect(chmod(script, 0o700) == 0)
    #expect(eventually { Self.isClosed(script) })
    return script
  }

  /// Nobody has the file open to write: a child that another test forked while it was written has
  /// it until that child is another program, and such a file cannot be run (ETXTBSY). Linux gives a
  /// lease to read only where there is no writer.
  private static func isClosed(_ path: String) -> Bool {
    guard let file = try? openDescriptor(path: path, flags: O_RDONLY) else { return false }
    let (setLease, toRead): (Int32, Int32) = (1024, Int32(F_RDLCK))
    return cp_fcntl(file.raw, setLease, toRead) == 0
  }

  package func text(_ name: String) -> String {
    let bytes = try? Files.read("\(path)/\(name)", bytesMax: 1 << 20)
    return String(decoding: bytes ?? [], as: UTF8.self)
  }

  /// Writes a text.
  @discardableResult
  package func file(_ name: String, _ text: String = "") throws -> String {
    try file(name, Array(text.utf8))
  }

  /// Calls `body` with the path of a new folder and then removes the folder.
  package static func use(_ body: (String) throws -> Void) throws {
    let folder = TestFolder()
    try withExtendedLifetime(folder) { try body(folder.path) }
  }

  package static func write(_ text: String, to path: String) {
    do {
      try Files.write(Array(text.utf8), to: path)
    } catch {
      Issue.record(error)
    }
  }

  /// Removes a folder with all that is in it.
  package static func remove(_ folder: String) {
    Folders.removeTree(folder, depthMax: 16)
  }
}
