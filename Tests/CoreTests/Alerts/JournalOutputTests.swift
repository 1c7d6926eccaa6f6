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
  let alert: Alert
  var socket: String { "\(folder.path)/journal" }

  init() {
    let settings = Make.alert(severity: .critical, outputs: [.journal])
    configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
      alerts: [settings])
    alert = Alert(index: 0, settings: settings, label: 1)
  }

  private func event(score: Float = 0.96875) -> AlertEvent {
    AlertEvent(
      alert: 0, transition: .raised, score: score, sample: 1234, arrival: 56_789, wall: 0,
      latency: 0)
  }

  private func write(_ output: JournalOutput, _ event: AlertEvent, _ line: String = "line\n") {
    Array(line.utf8).withUnsafeBytes { output.write(event, alert, json: $0) }
  }

  @Test func `sends exactly these fields`() {
    let journal = UnixDatagram.bound(to: socket)
    defer { close(journal) }
    write(JournalOutput(configuration, socketPath: socket), event())
    #expect(
      receiveDatagram(journal) == """
        SYSLOG_IDENTIFIER=edgeagent
        PRIORITY=2
        EDGEAGENT_AGENT=ward-7
        EDGEAGENT_ALERT=high
        EDGEAGENT_SEVERITY=critical
        EDGEAGENT_SOURCE=echo.newer
        MESSAGE=alert high raised, score 0.969
        EDGEAGENT_STATE=raised
        EDGEAGENT_SCORE=0.968750
        EDGEAGENT_SAMPLE=1234
        EDGEAGENT_AT=56789

        """)
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
    quiet.alerts[0].outputs = [.socket]
    var ends: [Int32] = [-1, -1]
    #expect(pipe2(&ends, O_CLOEXEC) == 0)
    let (reader, writer) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    write(JournalOutput(quiet, socketPath: socket, standardError: writer.raw), event())
    #expect(!waitsForInput(journal, milliseconds: 0))
    #expect(reader.raw >= 0)
  }
}
