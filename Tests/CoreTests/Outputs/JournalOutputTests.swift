import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: the journal gets every part of an alert as a field; without a journal the line goes to
/// standard error; in neither case does the agent wait for a reader. Method: a real datagram socket
/// as the journal, a pipe as standard error.
@Suite struct JournalOutputTests {
  let folder = TestFolder()
  let configuration: Configuration
  var socket: String { "\(folder.path)/journal" }

  init() {
    let settings = Make.alert(severity: .critical, outputs: [.journal])
    configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
      alerts: [settings])
  }

  private func event(score: Float = 0.96875) -> AlertEvent {
    AlertEvent(
      alert: 0, transition: .raised, value: score, sample: 1234, arrival: 56_789, wall: 0,
      latency: 0)
  }

  @discardableResult
  private func write(
    _ output: JournalOutput, _ event: AlertEvent, _ line: String = "line\n"
  ) -> Bool {
    Array(line.utf8).withUnsafeBytes { output.write(event, json: $0) }
  }

  @Test func `sends exactly these fields`() {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    #expect(write(JournalOutput(configuration, socketPath: socket), event()))
    #expect(
      receiveDatagram(journal) == """
        SYSLOG_IDENTIFIER=edgeagent
        PRIORITY=2
        EDGEAGENT_AGENT=ward-7
        EDGEAGENT_ALERT=high
        EDGEAGENT_SEVERITY=critical
        EDGEAGENT_SOURCE=echo.newer
        MESSAGE=alert high raised, value 0.969
        EDGEAGENT_STATE=raised
        EDGEAGENT_PHASE=normal
        EDGEAGENT_EPISODE=0
        EDGEAGENT_REPEAT=0
        EDGEAGENT_VALUE=0.968750
        EDGEAGENT_SCORE=0.968750
        EDGEAGENT_FLAGS=
        EDGEAGENT_SAMPLE=1234
        EDGEAGENT_AT=56789

        """)
  }

  @Test func `what a person did is under that person's name, and the flags by their words`() {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    var event = Make.event(.shelved, flags: [.shelved, .first, .drill], episode: 7)
    (event.level, event.repeatCount, event.person) = (0.5, 3, PersonName("alice\nPRIORITY=0"))
    write(JournalOutput(configuration, socketPath: socket), event)
    let fields = receiveDatagram(journal).split(separator: "\n")
    let expected = [
      "MESSAGE=alert high shelved, value 0.969, by alice?PRIORITY=0", "EDGEAGENT_STATE=shelved",
      "EDGEAGENT_PHASE=unacknowledged", "EDGEAGENT_EPISODE=7", "EDGEAGENT_REPEAT=3",
      "EDGEAGENT_LEVEL=0.500000", "EDGEAGENT_FLAGS=shelved,first,drill",
      "EDGEAGENT_PERSON=alice?PRIORITY=0",
    ]
    for field in expected { #expect(fields.contains(Substring(field))) }
    #expect(fields.count { $0.hasPrefix("PRIORITY=") } == 1, "a name makes no field")
  }

  @Test func `severities are the journal's priorities`() {
    #expect(AlertSeverity.allCases.map { $0.priority.rawValue } == [6, 4, 2])
  }

  @Test(arguments: [3e38, -3e38, Float.infinity, -.infinity, .nan])
  func `a score that is none is still written`(score: Float) {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    write(JournalOutput(configuration, socketPath: socket), event(score: score))
    #expect(receiveDatagram(journal).contains("EDGEAGENT_SCORE="))
  }

  @Test func `a journal that does not read stops nothing`() {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    let output = JournalOutput(configuration, socketPath: socket)
    for _ in 0..<10_000 { write(output, event()) }
    #expect(receiveDatagram(journal).hasPrefix("SYSLOG_IDENTIFIER"))
  }

  @Test func `without a journal the line goes to standard error`() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe2(&ends, O_CLOEXEC) == 0)
    let reader = Descriptor(owning: ends[0])
    let writer = Descriptor(owning: ends[1])
    let output = JournalOutput(
      configuration, socketPath: "\(folder.path)/missing", standardError: writer.raw)
    write(output, event(), "{\"n\":1}\n")
    #expect(cp_fcntl(reader.raw, F_SETFL, O_NONBLOCK) == 0)
    #expect(try reader.receive() == Array("{\"n\":1}\n".utf8))
    // Nothing reads from the pipe: what it does not hold is lost, and this test ends.
    for _ in 0..<20_000 { write(output, event(), "{\"n\":2}\n") }
    let kept = try parseLines(try reader.receive())
    #expect(kept.count > 100 && kept.allSatisfy { $0["n"] == .integer(2) })
  }

  @Test func `opens no socket for a configuration that does not want it`() {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    var quiet = configuration
    quiet.outputs[0].kind = .socket
    var ends: [Int32] = [-1, -1]
    #expect(pipe2(&ends, O_CLOEXEC) == 0)
    let (reader, writer) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    write(JournalOutput(quiet, socketPath: socket, standardError: writer.raw), event())
    #expect(!waitsForInput(journal, milliseconds: 0))
    #expect(reader.raw >= 0)
  }
}
