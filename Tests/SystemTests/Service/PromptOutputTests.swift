import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: a line is written at once or not at all, whatever the descriptor is and whoever shares it.
/// Method: real pipes, sockets, terminals and files that nobody reads; a test that waits never
/// ends.
@Suite struct PromptOutputTests {
  let folder = TestFolder()

  init() { cp_ignore_signal(SIGPIPE) }

  private func pipe() throws -> (reader: Descriptor, writer: Descriptor) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe2(&ends, O_CLOEXEC) == 0)
    let (reader, writer) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    // The writing end blocks, as one that other processes share does.
    #expect(cp_fcntl(reader.raw, F_SETFL, O_NONBLOCK) == 0)
    return (reader, writer)
  }

  private func blockingSockets() throws -> (reader: Descriptor, writer: Descriptor) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    #expect(cp_fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
  }

  /// Writes the line until it no longer goes through whole.
  private func fill(_ output: PromptOutput, _ line: [UInt8]) -> Int {
    var count = 0
    while line.withUnsafeBytes({ output.write($0) }) == line.count { count += 1 }
    return count
  }

  @Test(arguments: [1, 100, PromptOutput.lineBytesMax])
  func `a pipe that nobody reads takes whole lines or none`(bytes: Int) throws {
    let (reader, writer) = try pipe()
    let line = [UInt8](repeating: 0x78, count: bytes)
    let count = fill(PromptOutput(writer.raw), line)
    #expect(try reader.receive().count == count * bytes)
    #expect(line.withUnsafeBytes { PromptOutput(writer.raw).write($0) } == bytes, "and on")
  }

  @Test func `a socket that nobody reads stops nothing`() throws {
    let (reader, writer) = try blockingSockets()
    let count = fill(PromptOutput(writer.raw), [UInt8](repeating: 0x78, count: 100))
    #expect(count > 10)
    #expect(try reader.receive().count >= count * 100)
  }

  @Test func `a reader that has gone stops nothing`() throws {
    var (reader, writer): (Descriptor?, Descriptor) = try pipe()
    reader = nil
    #expect(reader == nil)
    #expect([0x78].withUnsafeBytes { PromptOutput(writer.raw).write($0) } == 0)
  }

  /// A terminal as a shell gives it: its line blocks, and its controller shows nothing.
  private func terminal() throws -> (controller: Descriptor, line: Descriptor) {
    let controller = Descriptor(owning: posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC))
    try #require(grantpt(controller.raw) == 0 && unlockpt(controller.raw) == 0)
    var name = [CChar](repeating: 0, count: 64)
    try #require(ptsname_r(controller.raw, &name, name.count) == 0)
    let line = cp_open(name, O_WRONLY | O_NOCTTY | O_CLOEXEC, 0)
    return (controller, Descriptor(owning: line))
  }

  @Test(arguments: [1, 100, PromptOutput.lineBytesMax])
  func `a terminal that shows nothing stops nothing`(bytes: Int) throws {
    let (controller, line) = try terminal()
    let output = PromptOutput(line.raw)
    let text = [UInt8](repeating: 0x78, count: bytes)
    #expect(fill(output, text) > 0)
    #expect(cp_fcntl(line.raw, F_GETFL, 0) & O_NONBLOCK == 0, "who shares it is left alone")
    #expect(
      eventually {
        _ = try? controller.receive(waitMilliseconds: 10)
        return text.withUnsafeBytes { output.write($0) } == bytes
      })
  }

  @Test func `a file takes everything`() throws {
    let path = "\(folder.path)/log"
    let raw = cp_open(path, O_WRONLY | O_CREAT, 0o600)
    let file = Descriptor(owning: raw)
    let line = [UInt8](repeating: 0x78, count: 1000)
    for _ in 0..<1000 {
      #expect(line.withUnsafeBytes { PromptOutput(file.raw).write($0) } == 1000)
    }
    #expect(try Files.read(path, bytesMax: 2_000_000).count == 1_000_000)
  }
}
