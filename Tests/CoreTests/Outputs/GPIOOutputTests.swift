import CPlatform
import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import System

/// Goal: a line has the level that is due at every moment, a fail-safe one turned round; a chip
/// that vanishes is noticed, told and opened again. Method: a recording chip, and the times as
/// numbers.
@Suite struct GPIOOutputTests {
  private static let millisecond: Int64 = 1_000_000

  /// One line with the keeper's door to it; the test takes the keeper's place.
  private struct Rig {
    let recorder = GPIORecorder()
    let health = OutputHealth(count: 1)
    let output: GPIOOutput
    let door: DeviceDoor<GPIOLine>

    init(_ change: (inout GPIOSettings) -> Void = { _ in }) {
      var settings = GPIOSettings(chip: "/dev/gpiochip9", line: 4)
      change(&settings)
      let handover = Handover<GPIOLine>()
      output = GPIOOutput(
        output: 0, settings, handover: handover, keeperWakeup: Wakeup(), health: health)
      door = GPIOOutput.door(
        output: 0, name: "siren", settings, handover: handover, health: health,
        driver: recorder.driver)
    }

    func open(at time: Int64 = 0) {
      #expect(door.step(at: time) == .opened)
      output.tick(at: time)
    }

    func show(_ pattern: SignalPatternKind?, _ severity: AlertSeverity = .critical, at time: Int64)
    {
      output.show(ShownSignal(pattern: pattern, severity: severity), at: time)
    }
  }

  @Test func `a line begins off, is on for a signal and off after it`() {
    let rig = Rig()
    rig.open()
    #expect(rig.recorder.take() == ["4:0", "4=0"])
    #expect(rig.health.state(of: 0) == .well)
    rig.show(.steady, at: 10)
    rig.show(.steady, at: 20)
    rig.show(nil, at: 30)
    #expect(rig.recorder.take() == ["4=1", "4=0"])
  }

  @Test func `a fail-safe line is energised while all is well`() {
    let rig = Rig { $0.isFailSafe = true }
    rig.open()
    #expect(rig.recorder.take() == ["4:1", "4=1"])
    rig.show(.steady, at: 10)
    rig.show(nil, at: 20)
    #expect(rig.recorder.take() == ["4=0", "4=1"])
  }

  @Test func `at the end of the process a line is inactive, whatever it has shown`() {
    for isFailSafe in [false, true] {
      let rig = Rig { $0.isFailSafe = isFailSafe }
      rig.open()
      if !isFailSafe { rig.show(.steady, at: 10) }
      #expect(rig.recorder.take().last == "4=1")
      rig.output.end()
      #expect(rig.recorder.take() == ["4=0"])
      #expect(rig.output.nextChange == .max)
    }
    // One that was opened and not taken over yet.
    let rig = Rig { $0.isFailSafe = true }
    #expect(rig.door.step(at: 0) == .opened)
    rig.output.end()
    #expect(rig.recorder.take() == ["4:1", "4=0"])
  }

  @Test func `all lines are inactive when the outputs have finished`() throws {
    let folder = TestFolder()
    let recorder = GPIORecorder()
    var relay = GPIOSettings(chip: "/dev/gpiochip9", line: 4)
    relay.isFailSafe = true
    let configuration = Make.outputs(folder, [Make.alert("high", outputs: [.gpio(relay)])])
    let outputs = try AlertOutputs(configuration, hotWakeup: Wakeup(), driver: recorder.driver)
    #expect(outputs.start())
    #expect(recorder.take().last == "4=1")
    #expect(outputs.finish(withinMilliseconds: 3000).isEmpty)
    #expect(recorder.take().last == "4=0")
  }

  @Test func `a pattern is written change by change, and asks to be woken for the next`() {
    let rig = Rig()
    rig.open(at: 500)
    _ = rig.recorder.take()
    rig.show(.blink, .warning, at: 1000)
    var time: Int64 = 1000
    for step in 1...4 as ClosedRange<Int64> {
      #expect(rig.output.nextChange == 1000 + step * 800 * Self.millisecond)
      rig.output.tick(at: rig.output.nextChange - 1)
      time = rig.output.nextChange
      rig.output.tick(at: time)
    }
    #expect(rig.recorder.take() == ["4=1", "4=0", "4=1", "4=0", "4=1"])
    // The same signal again begins no new pattern.
    rig.show(.blink, .warning, at: time + 1)
    #expect(rig.recorder.take() == [])
    rig.show(nil, at: time + 2)
    #expect(rig.recorder.take() == ["4=0"])
  }

  @Test func `while nothing changes the level is written now and then, and a lost chip is noticed`()
  {
    let rig = Rig()
    rig.open()
    _ = rig.recorder.take()
    #expect(rig.output.nextChange == OutputLimits.gpioProofNanoseconds)
    rig.output.tick(at: OutputLimits.gpioProofNanoseconds - 1)
    #expect(rig.recorder.take() == [])
    rig.output.tick(at: OutputLimits.gpioProofNanoseconds)
    #expect(rig.recorder.take() == ["4=0"])
    rig.recorder.setCode = ENODEV
    rig.output.tick(at: 2 * OutputLimits.gpioProofNanoseconds)
    #expect(rig.health.isFailing(0))
    #expect(rig.output.nextChange == .max, "until the keeper has opened it again")
  }

  @Test func `a line that comes back shows what is due now`() throws {
    let rig = Rig()
    rig.open()
    rig.recorder.setCode = ENODEV
    rig.show(.steady, at: 10)
    #expect(rig.health.isFailing(0))
    rig.recorder.setCode = 0
    rig.recorder.requestError = .gone(chip: "/dev/gpiochip9")
    _ = rig.recorder.take()
    var time: Int64 = 1_000_000_000
    // The keeper closes it first, and then tries ever more rarely.
    var pauses: [Int64] = []
    for _ in 0..<12 {
      guard case .closed(let retryAt) = rig.door.step(at: time) else {
        Issue.record("it cannot be open")
        return
      }
      pauses.append(retryAt - time)
      time = retryAt
    }
    #expect(rig.recorder.take() == ["4x"])
    #expect(pauses.allSatisfy { $0 <= OutputLimits.openRetryNanoseconds.upperBound })
    #expect(pauses.last! >= OutputLimits.openRetryNanoseconds.upperBound / 2)
    rig.recorder.requestError = nil
    rig.open(at: time)
    #expect(rig.recorder.take() == ["4:0", "4=1"])
    #expect(rig.health.state(of: 0) == .well)
  }

  @Test func `the line of many alerts shows the most urgent of them`() throws {
    let folder = TestFolder()
    let recorder = GPIORecorder()
    var siren = GPIOSettings(chip: "/dev/gpiochip9", line: 4)
    siren.pattern = .blink
    var lamp = GPIOSettings(chip: "/dev/gpiochip9", line: 5)
    lamp.role = .lamp
    let kinds: [OutputKind] = [.gpio(siren), .gpio(lamp)]
    var configuration = Make.outputs(
      folder,
      [
        Make.alert("high", severity: .critical, outputs: kinds),
        Make.alert("low", severity: .warning, outputs: kinds),
        Make.alert("late", severity: .critical, outputs: []),
      ])
    configuration.alerts[2].escalationOutputs = [0]
    let outputs = try AlertOutputs(
      configuration, hotWakeup: Wakeup(), driver: recorder.driver)
    #expect(outputs.start())
    #expect(recorder.take() == ["4:0", "5:0", "4=0", "5=0"])
    var now = Clock.boot()
    outputs.show(
      OutputSignal(severity: .warning, sound: true, light: .flash), of: 1, at: now)
    #expect(recorder.take() == ["4=1", "5=1"])
    #expect(outputs.nextDeadline(at: now) == now + 800 * Self.millisecond)
    outputs.show(
      OutputSignal(severity: .critical, sound: true, light: .flash), of: 0, at: now + 1)
    #expect(outputs.nextDeadline(at: now) == now + 1 + 250 * Self.millisecond)
    // Somebody has seen the critical one: the siren and the lamp call for the other one.
    outputs.show(OutputSignal(severity: .critical, light: .steady), of: 0, at: now + 2)
    #expect(outputs.nextDeadline(at: now) == now + 2 + 800 * Self.millisecond)
    outputs.show(.none, of: 1, at: now + 3)
    outputs.show(.none, of: 0, at: now + 4)
    #expect(recorder.take() == ["4=0", "5=0"])
    // The output of an escalation waits for it.
    now += 5
    outputs.show(OutputSignal(severity: .critical, sound: true), of: 2, at: now)
    #expect(recorder.take() == [])
    outputs.show(OutputSignal(severity: .critical, sound: true, isEscalated: true), of: 2, at: now)
    #expect(recorder.take() == ["4=1"])
  }
}
