import CPlatform
import Testing

@testable import System
@testable import edgeagent

/// Goal: a temporary folder is the caller's alone and leaves nothing behind.
@Suite struct TemporaryFolderTests {
  @Test func `goes with everything in it`() throws {
    var folder: TemporaryFolder? = try TemporaryFolder()
    let path = folder!.path
    #expect(Files.kind(path) == .folder)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    try Files.write([1], to: "\(path)/file")
    let socket = UnixDatagram.bound(to: "\(path)/socket")
    #expect(socket >= 0 && Files.kind("\(path)/socket") == .other)
    close(socket)
    // What an agent keeps of its alerts.
    try Folders.make("\(path)/state")
    try Folders.make("\(path)/state/alerts")
    try Files.write([1], to: "\(path)/state/alerts/state")
    folder = nil
    #expect(folder == nil && Files.kind(path) == .missing)
  }

  @Test func `two are different`() throws {
    let (one, other) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(one.path != other.path)
  }
}
