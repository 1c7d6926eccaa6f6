import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: one holder at a time, also within one process; a removed file does not pass for the lock.
@Suite struct FileLockTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/x.lock" }

  @Test func `one at a time holds it`() throws {
    let (one, other) = (try FileLock(path), try FileLock(path))
    #expect(one.take() && one.take(), "again is no harm")
    #expect(!other.take())
    #expect(!other.take(withinMilliseconds: 10))
    one.release()
    #expect(other.take())
    #expect(!one.take())
  }

  @Test func `the end of the holder frees it`() throws {
    var one: FileLock? = try FileLock(path)
    let isTaken = one!.take()
    #expect(isTaken)
    let other = try FileLock(path)
    #expect(!other.take())
    one = nil
    #expect(other.take())
  }

  @Test func `it tells that its file is another one`() throws {
    let lock = try FileLock(path)
    #expect(lock.stands)
    Files.remove(path)
    #expect(!lock.stands)
    try Files.create(path, [], mode: 0o600)
    #expect(!lock.stands)
  }

  @Test func `a link, a folder and a FIFO are no lock`() throws {
    #expect(symlink("elsewhere", path) == 0)
    #expect(throws: Files.Failure.self) { try FileLock(path) }
    #expect(Files.kind("\(folder.path)/elsewhere") == .missing)
    #expect(throws: Files.Failure.self) { try FileLock(folder.path) }
    #expect(mkfifo("\(folder.path)/f.lock", 0o600) == 0)
    #expect(throws: Files.Failure.system(code: EINVAL)) { try FileLock("\(folder.path)/f.lock") }
  }
}
