import CPlatform
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System
import TestSupport
@testable import Text

/// Goal: each program gets its alert; none waits for a program of a lesser severity or of another
/// output; failures are run again, told and healed; at the end what remains is named.
/// Method: real scripts and the lanes' own threads.
@Suite struct ProgramLaneTests {
  let folder = TestFolder()

  init() { cp_ignore_signal(SIGPIPE) }

  private func exec(
    _ path: String, limit: Int64 = 10_000_000_000, retries: Int = 0
  ) -> OutputKind {
    var program = ProgramSettings(path: path)
    (program.limitNanoseconds, program.retries) = (limit, retries)
    return .exec(program)
  }

  private func started(
    _ alerts: [MadeAlert]
  ) throws -> (outputs: AlertOutputs, configuration: Configuration) {
    let configuration = Make.outputs(folder, alerts)
    let outputs = try AlertOutputs(configuration, hotWakeup: Wakeup())
    #expect(outputs.start())
    return (outputs, configuration)
  }

  private func announce(_ outputs: AlertOutputs, _ events: AlertEvent...) {
    for event in events { outputs.announce(event, at: Clock.boot()) }
  }

  @Test func `a program gets the alert`() throws {
    let script = try folder.script(
      "siren", "cd '\(folder.path)'; env > env.new; cat > line; mv env.new env")
    let (outputs, _) = try started([
      Make.alert("quiet"), Make.alert(outputs: [.socket, exec(script), .journal]),
    ])
    var event = Make.event(.raised, alert: 1, flags: [.first, .drill], episode: 7, sample: 1234)
    (event.repeatCount, event.level, event.person) = (2, 0.5, PersonName("alice"))
    announce(outputs, event)
    #expect(eventually { Files.kind("\(folder.path)/env") == .file })
    // EDGEAGENT_SHARED is for the tests themselves, and is in their own environment.
    let variables = folder.text("env").split(separator: "\n").filter {
      $0.hasPrefix("EDGEAGENT_") && !$0.hasPrefix("EDGEAGENT_SHARED=")
    }
    #expect(
      variables.sorted() == [
        "EDGEAGENT_AGENT=ward-7", "EDGEAGENT_ALERT=high", "EDGEAGENT_AT=56789",
        "EDGEAGENT_DRILL=1", "EDGEAGENT_EPISODE=7", "EDGEAGENT_ESCALATED=0", "EDGEAGENT_FIRST=1",
        "EDGEAGENT_LEVEL=0.5", "EDGEAGENT_MISSED=0", "EDGEAGENT_OUT_OF_SERVICE=0",
        "EDGEAGENT_PERSON=alice", "EDGEAGENT_PHASE=unacknowledged", "EDGEAGENT_REPEAT=2",
        "EDGEAGENT_SAMPLE=1234", "EDGEAGENT_SCORE=0.96875", "EDGEAGENT_SEVERITY=critical",
        "EDGEAGENT_SHELVED=0", "EDGEAGENT_SILENCED=0", "EDGEAGENT_SOURCE=echo.newer",
        "EDGEAGENT_STATE=raised", "EDGEAGENT_SUPPRESSED=0", "EDGEAGENT_VALUE=0.96875",
      ])
    let line = try parseLines(Array(folder.text("line").utf8))
    #expect(line.map { $0["sample"] } == [.integer(1234)])
  }

  @Test func `a hanging program of a lesser severity delays no other`() throws {
    let hang = try folder.script("hang", "echo x > '\(folder.path)/hangs'; sleep 600")
    let siren = try folder.script("siren", "echo $EDGEAGENT_STATE >> '\(folder.path)/log'")
    let (outputs, _) = try started([
      Make.alert("low", severity: .info, outputs: [exec(hang)]),
      Make.alert("high", severity: .critical, outputs: [exec(siren)]),
    ])
    announce(outputs, Make.event(.raised))
    #expect(eventually { !folder.text("hangs").isEmpty })
    announce(outputs, Make.event(.raised, alert: 1))
    #expect(eventually { outputs.health.state(of: 1) == .well })
    #expect(folder.text("log") == "raised\n")
    #expect(outputs.finish(withinMilliseconds: 0).count == 1)
  }

  @Test func `a hanging program delays no other output of the same alert`() throws {
    let hang = try folder.script("hang", "sleep 600")
    let siren = try folder.script("siren", "echo $EDGEAGENT_STATE >> '\(folder.path)/log'")
    let (outputs, _) = try started([Make.alert(outputs: [exec(hang), exec(siren)])])
    announce(outputs, Make.event(.raised), Make.event(.cleared))
    #expect(eventually { folder.text("log") == "raised\ncleared\n" })
    _ = outputs.finish(withinMilliseconds: 0)
  }

  @Test func `many hanging programs delay no other output of their severity`() throws {
    let up = "\(folder.path)/up"
    let hangs = try (0..<20).map {
      try folder.script("hang\($0)", "echo x >> '\(up)'; exec sleep 600")
    }
    let siren = try folder.script("siren", "echo $EDGEAGENT_ALERT >> '\(folder.path)/log'")
    let (outputs, _) = try started([
      Make.alert("slow", severity: .critical, outputs: hangs.map { exec($0) }),
      Make.alert("fire", severity: .critical, outputs: [exec(siren)]),
    ])
    announce(outputs, Make.event(.raised))
    #expect(eventually { folder.text("up").utf8.count == 2 * hangs.count }, "all run at once")
    announce(outputs, Make.event(.raised, alert: 1))
    #expect(eventually { folder.text("log") == "fire\n" })
    #expect(eventually { outputs.health.state(of: hangs.count) == .well }, "it has ended")
    #expect(outputs.finish(withinMilliseconds: 0).count == hangs.count)
  }

  @Test func `a program that is slower than the alert flaps is told the raise and the end`() throws
  {
    let gate = "\(folder.path)/gate"
    let slow = try folder.script(
      "slow",
      "echo x > '\(folder.path)/begun'; while [ ! -e '\(gate)' ]; do sleep 0.01; done; "
        + "echo $EDGEAGENT_STATE $EDGEAGENT_EPISODE -$EDGEAGENT_MISSED >> '\(folder.path)/log'")
    let (outputs, _) = try started([Make.alert(outputs: [exec(slow)])])
    announce(outputs, Make.event(.raised, episode: 1))
    #expect(eventually { !folder.text("begun").isEmpty })
    for episode in 2...200 as ClosedRange<Int64> {
      announce(
        outputs, Make.event(.cleared, episode: episode - 1), Make.event(.raised, episode: episode))
    }
    announce(outputs, Make.event(.cleared, episode: 200))
    // Nothing waits behind the ring any more: the program must not end before the lane has it all.
    let isInRing = eventually {
      outputs.tick(at: Clock.boot())
      return outputs.nextDeadline(at: Clock.boot()) == .max
    }
    #expect(isInRing)
    try folder.file("gate", "")
    // 1 + 398 + 1 events: the first, the next raise with one left out, the last with the rest.
    let expected = "raised 1 -0\nraised 2 -1\ncleared 200 -396\n"
    #expect(
      eventually {
        outputs.tick(at: Clock.boot()); return folder.text("log") == expected
      })
    #expect(outputs.finish(withinMilliseconds: 2000).isEmpty)
  }

  @Test func `a program that fails is run again, is failing, and is well once it works`() throws {
    let script = try folder.script(
      "moody", "echo x >> '\(folder.path)/runs'; [ -e '\(folder.path)/mended' ]")
    let (outputs, _) = try started([Make.alert(outputs: [exec(script, retries: 9)])])
    #expect(outputs.health.state(of: 0) == .unknown)
    announce(outputs, Make.event(.raised))
    #expect(eventually { outputs.health.isFailing(0) })
    try folder.file("mended", "")
    #expect(eventually { outputs.health.state(of: 0) == .well })
    #expect(folder.text("runs") == "x\nx\n")
    #expect(outputs.finish(withinMilliseconds: 2000).isEmpty)
  }

  @Test func `without retries a failed program is not run again, and what follows is`() throws {
    let script = try folder.script(
      "bad", "echo $EDGEAGENT_STATE >> '\(folder.path)/log'; exit 1")
    let (outputs, _) = try started([Make.alert(outputs: [exec(script)])])
    announce(outputs, Make.event(.raised), Make.event(.cleared))
    #expect(outputs.finish(withinMilliseconds: 2000).isEmpty)
    #expect(outputs.health.isFailing(0))
    #expect(folder.text("log") == "raised\ncleared\n")
  }

  @Test func `one that takes too long is killed, and one that is not there is no reason to stop`()
    throws
  {
    let hang = try folder.script("hang", "exec sleep 600")
    let (outputs, _) = try started([
      Make.alert(outputs: [exec(hang, limit: 50_000_000), exec("\(folder.path)/missing")])
    ])
    announce(outputs, Make.event(.raised))
    #expect(eventually { outputs.health.isFailing(0) && outputs.health.isFailing(1) })
    #expect(outputs.finish(withinMilliseconds: 2000).isEmpty)
  }

  @Test func `a muted alert runs nothing, the end of muteness does`() throws {
    let script = try folder.script("note", "echo $EDGEAGENT_STATE >> '\(folder.path)/log'")
    let (outputs, _) = try started([Make.alert(outputs: [exec(script)])])
    announce(
      outputs, Make.event(.raised, flags: .shelved), Make.event(.repeated, flags: .shelved),
      Make.event(.unshelved))
    #expect(eventually { !folder.text("log").isEmpty })
    #expect(outputs.finish(withinMilliseconds: 2000).isEmpty)
    #expect(folder.text("log") == "unshelved\n")
  }

  @Test func `at the end everything that waits is run`() throws {
    let script = try folder.script("note", "echo $EDGEAGENT_ALERT >> '\(folder.path)/log'")
    let names = (0..<20).map { "a\($0)" }
    let (outputs, _) = try started(names.map { Make.alert($0, outputs: [exec(script)]) })
    for alert in names.indices { announce(outputs, Make.event(.raised, alert: alert)) }
    #expect(outputs.finish(withinMilliseconds: 60_000).isEmpty)
    let ran = folder.text("log").split(separator: "\n").map { String($0) }
    #expect(ran.sorted() == names.sorted())
  }

  @Test func `at the end what remains is named, the most urgent first`() throws {
    let hang = try folder.script("hang", "sleep 600")
    let (outputs, configuration) = try started([
      Make.alert("low", severity: .info, outputs: [exec(hang)]),
      Make.alert("high", severity: .critical, outputs: [exec(hang)]),
    ])
    announce(
      outputs, Make.event(.raised), Make.event(.cleared), Make.event(.raised, alert: 1))
    let name = configuration.outputs[0].name
    let start = Clock.boot()
    #expect(
      outputs.finish(withinMilliseconds: 50) == [
        "alert high raised: \(name)", "alert low raised: \(name)", "alert low cleared: \(name)",
      ])
    #expect(Clock.boot() - start < 5_000_000_000)
  }

  @Test func `the threads go on while a program runs`() throws {
    let hang = try folder.script("hang", "echo x > '\(folder.path)/up'; sleep 600")
    let (outputs, _) = try started([Make.alert(outputs: [exec(hang)])])
    announce(outputs, Make.event(.raised))
    #expect(eventually { !folder.text("up").isEmpty })
    let heart = outputs.threads[0].heartbeat
    let young = heart.last
    #expect(eventually { heart.last > young })
    _ = outputs.finish(withinMilliseconds: 0)
  }
}
