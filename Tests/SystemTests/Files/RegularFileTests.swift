import CPlatform
import TestSupport
import Testing

@testable import System

/// Goal: nothing that lies where a file has to be makes a reader or a writer wait, and each such
/// thing is named.
/// Method: a FIFO, a socket, a device and links in the place of a file; a call that waited would
/// keep the test for ever, so each is bounded by the suite's time limit.
@Suite(.timeLimit(.minutes(1))) struct RegularFileTests {
  private let folder = TestFolder()

  /// Each thing that may lie at a path, and what it is refused as where links are followed.
  private static let things: [(make: String, Files.Failure)] = [
    ("fifo", .notRegular(.fifo)), ("socket", .notRegular(.socket)),
    ("device", .notRegular(.device)), ("link to fifo", .notRegular(.fifo)),
    ("folder", .system(code: EISDIR)),
  ]

  private func path(to thing: String) throws -> String {
    let path = "\(folder.path)/thing"
    switch thing {
    case "fifo": #expect(mkfifo(path, 0o600) == 0)
    case "socket":
      #expect(mknod(path, UInt32(CP_S_IFSOCK) | 0o600, 0) == 0)
    case "device": #expect(symlink("/dev/zero", path) == 0)
    case "link to fifo":
      #expect(mkfifo(path + ".other", 0o600) == 0)
      #expect(symlink("thing.other", path) == 0)
    case "folder": #expect(mkdir(path, 0o700) == 0)
    default: #expect(symlink(thing, path) == 0)
    }
    return path
  }

  @Test(arguments: RegularFileTests.things)
  func `refuses what is no file, for every use`(thing: String, expected: Files.Failure) throws {
    let path = try path(to: thing)
    #expect(throws: expected) { try Files.read(path, bytesMax: 9) }
    #expect(throws: expected) { try Files.write([1], to: path) }
    #expect(throws: expected) { try Files.append([1], to: path) }
    let source = try folder.file("source", [1])
    #expect(throws: Files.Failure.self) { try Files.copy(path, to: source, bytesMax: 9) }
    #expect(throws: Files.Failure.self) { try Files.copy(source, to: path, bytesMax: 9) }
    #expect(try Files.read(source, bytesMax: 9) == [1])
  }

  @Test func `follows a link or refuses it, as the caller says`() throws {
    try folder.file("file", [7])
    let path = try path(to: "file")
    #expect(try Files.read(path, bytesMax: 9) == [7])
    #expect(throws: Files.Failure.notRegular(.link)) {
      try Files.read(path, bytesMax: 9, links: .refused)
    }
    #expect(throws: Files.Failure.notRegular(.link)) {
      try Files.write([1], to: path, links: .refused)
    }
    #expect(Files.kind(path) == .file && Files.kind(path, links: .refused) == .other)
    #expect(try Files.read("\(folder.path)/file", bytesMax: 9) == [7])
  }

  @Test func `a link to nothing is a missing file, and a circle of links is told`() throws {
    let path = try path(to: "nothing")
    #expect(throws: Files.Failure.system(code: ENOENT)) { try Files.read(path, bytesMax: 9) }
    folder.remove("thing")
    let circle = try self.path(to: "thing")
    #expect(throws: Files.Failure.system(code: ELOOP)) { try Files.read(circle, bytesMax: 9) }
    #expect(throws: Files.Failure.notRegular(.link)) {
      try Files.read(circle, bytesMax: 9, links: .refused)
    }
  }

  @Test(arguments: ["fifo", "device", "socket"])
  func `a file is replaced although something lies in the place of its new form`(
    thing: String
  ) throws {
    let path = try folder.file("file", [1])
    let odd = try self.path(to: thing)
    #expect(rename(odd, path + ".new") == 0)
    try Files.replace(path, with: [2])
    #expect(try Files.read(path, bytesMax: 9) == [2])
  }

  @Test func `a fuller folder than its reader takes is refused`() throws {
    for number in 0...Files.namesMax { try folder.file("\(number)", []) }
    #expect(throws: Files.Failure.tooManyNames(namesMax: Files.namesMax)) {
      try Files.names(in: folder.path)
    }
    #expect(Folders.allNames(in: folder.path).count == Files.namesMax)
    folder.remove("0")
    #expect(try Files.names(in: folder.path).count == Files.namesMax)
  }

  @Test func `each refusal says what is there and what to do`() {
    let words: [(Files.Oddity, String)] = [
      (.fifo, "a FIFO"), (.socket, "a socket"), (.device, "a device"), (.link, "a symbolic link"),
    ]
    for (oddity, name) in words {
      let text = Files.Failure.notRegular(oddity).text
      #expect(text == "\(name) is there, and a file has to be; remove it")
    }
    #expect(Files.Failure.tooManyNames(namesMax: 4096).text.contains("4096"))
  }
}
