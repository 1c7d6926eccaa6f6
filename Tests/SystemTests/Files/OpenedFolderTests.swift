import CPlatform
import TestSupport
import Testing

@testable import System

/// Goal: what is read of a folder is of that folder, and nothing in it stops its reader.
/// Method: links, pipes and devices in the place of files and of folders.
@Suite struct OpenedFolderTests {
  private let folder = TestFolder()

  @Test func `names and files of one folder, whatever comes to its path`() throws {
    try folder.file("one/b", "1")
    try folder.file("one/.a", "")
    let opened = try OpenedFolder(folder.path + "/one")
    #expect(try opened.names(countMax: 9) == [".a", "b"])
    #expect(try opened.names(countMax: 1).count == 1)
    #expect(rename(folder.path + "/one", folder.path + "/two") == 0)
    try folder.file("one/b", "other")
    #expect(try opened.read("b", bytesMax: 9) == Array("1".utf8))
    #expect(throws: Files.Failure.tooLarge(bytesMax: 0)) { try opened.read("b", bytesMax: 0) }
    #expect(throws: Files.Failure.system(code: ENOENT)) { try opened.read("c", bytesMax: 9) }
  }

  @Test func `what is no file is not read`() throws {
    let opened = try OpenedFolder(folder.path)
    try folder.file("file", "1")
    #expect(symlink("file", folder.path + "/link") == 0)
    #expect(throws: Files.Failure.notRegular(.link)) { try opened.read("link", bytesMax: 9) }
    #expect(mkfifo(folder.path + "/pipe", 0o600) == 0)
    #expect(throws: Files.Failure.notRegular(.fifo)) { try opened.read("pipe", bytesMax: 9) }
    #expect(mkdir(folder.path + "/folder", 0o700) == 0)
    #expect(throws: Files.Failure.system(code: EISDIR)) { try opened.read("folder", bytesMax: 9) }
  }

  @Test func `no part of the way is a link`() throws {
    try folder.file("base/a/b/file", "1")
    let opened = try OpenedFolder("a/b", below: folder.path + "/base")
    #expect(try opened.read("file", bytesMax: 9) == Array("1".utf8))
    #expect(symlink("a", folder.path + "/base/c") == 0)
    #expect(symlink("b", folder.path + "/base/a/d") == 0)
    for way in ["c/b", "a/d", "a/none", "a/b/file"] {
      #expect(throws: Files.Failure.self) {
        try OpenedFolder(way, below: folder.path + "/base")
      }
    }
  }
}
