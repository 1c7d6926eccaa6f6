import TestSupport
import Testing

@testable import System

/// Goal: files of any size pass through one piece of memory, whole or not at all.
/// Method: sizes around the limits of a piece and of what may be read.
@Suite struct FilePiecesTests {
  private let folder = TestFolder()

  @Test(arguments: [0, 1, Files.pieceBytes - 1, Files.pieceBytes, 3 * Files.pieceBytes + 1])
  func `reads and copies what is there`(size: Int) throws {
    let content = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = try folder.file("file", content)
    var (read, largest) = ([UInt8](), 0)
    try Files.readPieces(of: path, bytesMax: size) { (piece) throws(Files.Failure) in
      read += piece
      largest = max(largest, piece.count)
    }
    #expect(read == content && largest <= Files.pieceBytes)
    try Files.copy(path, to: folder.path + "/copy", bytesMax: size)
    #expect(try Files.read(folder.path + "/copy", bytesMax: size) == content)
  }

  @Test func `one byte more than may be read is refused`() throws {
    let path = try folder.file("file", [UInt8](repeating: 1, count: 10))
    #expect(throws: Files.Failure.tooLarge(bytesMax: 9)) { try Files.read(path, bytesMax: 9) }
    #expect(throws: Files.Failure.tooLarge(bytesMax: 9)) {
      try Files.copy(path, to: folder.path + "/copy", bytesMax: 9)
    }
  }

  @Test func `a missing file leaves what was there`() throws {
    let target = try folder.file("copy", [1, 2])
    #expect(throws: Files.Failure.self) {
      try Files.copy(folder.path + "/none", to: target, bytesMax: 9)
    }
    #expect(try Files.read(target, bytesMax: 9) == [1, 2])
  }

  @Test func `a look through a folder ends when it is told`() throws {
    for name in ["a", "b", ".c"] { try folder.file(name, []) }
    var seen = 0
    try Files.lookThrough(folder.path) { _ in
      seen += 1
      return seen < 2
    }
    #expect(seen == 2)
    #expect(try Files.names(in: folder.path) == ["a", "b"])
  }
}
