import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: each program of an alert runs once and in order, with the alert in its environment and on
/// its standard input; a full queue says so. Method: real scripts; the runner's own thread, which
/// lives on after the test, idle.
@Suite struct ProgramRunnerTests {
  let folder = TestFolder()

  private func runner(_ outputs: [OutputSettings]) -> ProgramRunner {
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.standardInput)], pipelines: [Make.pipeline()],
      alerts: [Make.alert("quiet"), Make.alert(outputs: outputs)])
    return ProgramRunner(configuration: configuration, lines: EventLines(configuration))
  }

  private func event(_ sample: Int64, _ transition: AlertTransition = .raised) -> AlertEvent {
    AlertEvent(
      alert: 1, transition: transition, score: 0.96875, sample: sample, arrival: 56_789, wall: 0,
      latency: 0)
  }

  @Test func `a program gets the alert`() throws {
    let script = try folder.script(
      "siren", "cd '\(folder.path)'; env > env.new; cat > line; mv env.new env")
    let runner = runner([.socket, .exec(path: script), .journal])
    #expect(runner.queue.put(event(1234)))
    #expect(Thread.start("programs") { runner.run() })
    #expect(eventually { Files.kind("\(folder.path)/env") == .file })
    // EDGEAGENT_SHARED is for the tests themselves, and is in their own environment.
    let variables = folder.text("env").split(separator: "\n").filter {
      $0.hasPrefix("EDGEAGENT_") && !$0.hasPrefix("EDGEAGENT_SHARED=")
    }
    #expect(
      variables.sorted() == [
        "EDGEAGENT_AGENT=ward-7", "EDGEAGENT_ALERT=high", "EDGEAGENT_AT=56789",
        "EDGEAGENT_SAMPLE=1234", "EDGEAGENT_SCORE=0.96875", "EDGEAGENT_SEVERITY=critical",
        "EDGEAGENT_SOURCE=echo.newer", "EDGEAGENT_STATE=raised",
      ])
    let line = try parseLines(Array(folder.text("line").utf8))
    #expect(line.map { $0["sample"] } == [.integer(1234)])
  }

  @Test func `programs run one after the other, and a failing one stops none`() throws {
    let log = "\(folder.path)/log"
    let scripts = try (0..<3).map { index in
      try folder.script("s\(index)", "echo \(index) $EDGEAGENT_STATE >> '\(log)'; exit \(index)")
    }
    let missing = OutputSettings.exec(path: "\(folder.path)/missing")
    let runner = runner(
      [.exec(path: scripts[2]), missing] + scripts[..<2].map { .exec(path: $0) })
    #expect(Thread.start("programs") { runner.run() })
    let young = runner.heartbeat.last
    #expect(runner.queue.put(event(1)) && runner.queue.put(event(2, .cleared)))
    let expected = "2 raised\n0 raised\n1 raised\n2 cleared\n0 cleared\n1 cleared\n"
    #expect(eventually { folder.text("log") == expected })
    #expect(runner.heartbeat.last > young)
  }

  @Test func `the queue holds as many as its limit`() {
    let runner = runner([.exec(path: "/bin/true")])
    for sample in 0..<Int64(PipelineLimits.programsWaitingMax) {
      #expect(runner.queue.put(event(sample)))
    }
    #expect(!runner.queue.put(event(64)))
  }
}
