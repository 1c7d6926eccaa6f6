import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: files are read whole or not at all, and never more than the limit.
/// Method: every size around the limit and around the reader's chunk, in a folder made for the
/// test.
@Suite struct FilesTests {
  let folder = TestFolder()

  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
  func `reads what was written`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = try folder.file("file", bytes)
    #expect(try Files.read(path, bytesMax: count) == bytes)
    #expect(try Files.read(path, bytesMax: .max) == bytes)
    guard count > 0 else { return }
    #expect(throws: Files.Failure.tooLarge(bytesMax: count - 1)) {
      try Files.read(path, bytesMax: count - 1)
    }
  }

  @Test func `a file without an end is refused at the limit`() {
    #expect(throws: Files.Failure.tooLarge(bytesMax: 100_000)) {
      try Files.readStream("/dev/zero", bytesMax: 100_000)
    }
  }

  @Test func `writing replaces what was there`() throws {
    let path = try folder.file("file", Array("a long first text".utf8))
    try Files.write([1], to: path)
    #expect(try Files.read(path, bytesMax: 100) == [1])
    try Files.write([], to: path)
    #expect(try Files.read(path, bytesMax: 0) == [])
  }

  @Test func `failures carry the system's number`() {
    let missing = "\(folder.path)/missing"
    #expect(throws: Files.Failure.system(code: ENOENT)) { try Files.read(missing, bytesMax: 1) }
    #expect(throws: Files.Failure.system(code: EISDIR)) {
      try Files.read(folder.path, bytesMax: 1)
    }
    #expect(throws: Files.Failure.system(code: ENOENT)) {
      try Files.write([1], to: "\(missing)/file")
    }
    #expect(throws: Files.Failure.system(code: ENOSPC)) {
      try Files.writeStream([1], to: "/dev/full")
    }
    #expect(Files.Failure.system(code: ENOENT).text == "No such file or directory")
    #expect(Files.Failure.tooLarge(bytesMax: 7).text.contains("7"))
  }

  @Test func `tells folders, files and the rest apart`() throws {
    #expect(Files.kind(folder.path) == .folder)
    #expect(Files.kind(try folder.file("file", [])) == .file)
    #expect(Files.kind("/dev/null") == .other)
    #expect(Files.kind("\(folder.path)/missing") == .missing)
  }

  @Test func `names come sorted and without hidden ones`() throws {
    for name in ["b", ".hidden", "a", "10", "c/d"] { try folder.file(name, []) }
    #expect(try Files.names(in: folder.path) == ["10", "a", "b", "c"])
    #expect(throws: Files.Failure.system(code: ENOENT)) {
      try Files.names(in: "\(folder.path)/missing")
    }
  }

  @Test func `absolute paths have no links in them`() throws {
    try folder.file("real/file", [])
    #expect(symlink("real", "\(folder.path)/link") == 0)
    let real = Files.absolute("\(folder.path)/real/file")
    #expect(Files.absolute("\(folder.path)/link/../link/file") == real)
    #expect(Files.absolute("missing") == "missing")
  }
}
