import CPlatform
import Testing

@testable import System
import TestSupport

/// Goal: a log that nobody reads costs lines and no time, and says later how many. Method: a real
/// pipe in the place of standard error.
@Suite struct LogTests {
  private func pipe() throws -> (reader: Descriptor, writer: Descriptor) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe2(&ends, O_CLOEXEC) == 0)
    #expect(cp_fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
    return (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
  }

  private func lines(_ reader: Descriptor) throws -> [String] {
    String(decoding: try reader.receive(waitMilliseconds: 0), as: UTF8.self)
      .split(separator: "\n").map { String($0) }
  }

  @Test func `a line has its priority for the journal, and the program's name elsewhere`() throws {
    let (reader, writer) = try pipe()
    LogLines(PromptOutput(writer.raw), goesToJournal: true).write(.warning, "a pump")
    LogLines(PromptOutput(writer.raw), goesToJournal: false).write(.warning, "a pump")
    #expect(try lines(reader) == ["<4>a pump", "edgeagent: a pump"])
  }

  @Test func `what nobody read is counted, and told by the next line that goes through`() throws {
    let (reader, writer) = try pipe()
    let log = LogLines(PromptOutput(writer.raw), goesToJournal: true)
    for number in 0..<20_000 { log.write(.info, "line \(number)") }
    let kept = try lines(reader).count
    #expect(kept > 100 && kept < 20_000)
    log.write(.info, "one more")
    let lost = Array("\(20_000 - kept)".utf8)
    let grouped =
      String(decoding: lost.dropLast(3), as: UTF8.self) + ","
      + String(decoding: lost.suffix(3), as: UTF8.self)
    #expect(
      try lines(reader) == [
        "<4>\(grouped) lines lost here: standard error was not read", "<6>one more",
      ])
    log.write(.info, "and on")
    #expect(try lines(reader) == ["<6>and on"])
  }

  @Test func `a line longer than a pipe takes whole is cut`() throws {
    let (reader, writer) = try pipe()
    let log = LogLines(PromptOutput(writer.raw), goesToJournal: true)
    log.write(.info, String(repeating: "x", count: 10_000))
    log.write(.info, "next")
    let written = try lines(reader)
    #expect(written.count == 2 && written[1] == "<6>next")
    #expect(written[0].utf8.count == PromptOutput.lineBytesMax - 2)
  }
}
