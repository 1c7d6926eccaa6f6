import CPlatform
import Synchronization
import TestSupport
import Testing

@testable import Config
@testable import Core
@testable import SensorIO
@testable import System

/// Goal: what happens is said on the line, whole and in order; a line that takes nothing or goes
/// away loses no raise and is told as failing. Method: a real pseudo-terminal, the test at its
/// other end.
@Suite struct SerialOutputTests {
  let folder = TestFolder()

  private final class Rig {
    /// The name under which the system shows the adapter, whatever its number is.
    private let path: String
    /// The other end; nil while the adapter is unplugged.
    var terminal: PseudoTerminal?
    let health = OutputHealth(count: 1)
    let output: SerialOutput
    /// So far the test's clock is ahead of the system's.
    var ahead: Int64 = 0
    var now: Int64 { Clock.boot() + ahead }
    let door: DeviceDoor<Descriptor>

    init(
      _ folder: TestFolder, raise: String = "+{alert}\n", clear: String = "-{alert} {state}\n"
    ) throws {
      path = "\(folder.path)/pager"
      var settings = SerialOutputSettings(path: path, raise: Array(raise.utf8))
      settings.clear = Array(clear.utf8)
      let configuration = Make.outputs(
        folder,
        [
          Make.alert("low", severity: .info, outputs: [.serial(settings)]),
          Make.alert("high", severity: .critical, outputs: [.serial(settings)]),
        ])
      let handover = Handover<Descriptor>()
      output = SerialOutput(
        output: 0, settings, configuration, handover: handover, keeperWakeup: Wakeup(),
        health: health)
      door = SerialOutput.door(
        output: 0, name: "pager", settings, handover: handover, health: health)
      try plug()
    }

    func plug() throws {
      let new = try PseudoTerminal.open()
      unlink(path)
      #expect(symlink(new.slavePath, path) == 0)
      terminal = new
    }

    func open() { #expect(door.step(at: Clock.boot()) == .opened) }

    func announce(_ transition: AlertTransition, alert: Int = 0, flags: AlertFlags = []) {
      output.announce(Make.event(transition, alert: alert, flags: flags), at: Clock.boot())
    }

    /// Everything that arrives until the text is there.
    func received(_ text: String) -> Bool {
      var bytes: [UInt8] = []
      return eventually {
        output.tick(at: now)
        bytes += (try? terminal?.controller.receive(waitMilliseconds: 1)) ?? []
        return String(decoding: bytes, as: UTF8.self) == text
      }
    }
  }

  @Test func `what happens is said, each in its text`() throws {
    let rig = try Rig(folder)
    rig.open()
    rig.announce(.raised)
    rig.announce(.acknowledged)
    rig.announce(.raised, alert: 1)
    rig.announce(.cleared)
    #expect(rig.received("+low\n-low acknowledged\n+high\n"))
    #expect(rig.health.state(of: 0) == .well)
  }

  @Test func `without a text for the end nothing is said then`() throws {
    let rig = try Rig(folder, clear: "")
    rig.open()
    rig.announce(.raised)
    rig.announce(.cleared)
    rig.announce(.raised, alert: 1)
    #expect(rig.received("+low\n+high\n"))
  }

  @Test func `a muted alert says nothing but that it is muted`() throws {
    let rig = try Rig(folder)
    rig.open()
    rig.announce(.raised, flags: .suppressed)
    rig.announce(.raised, alert: 1)
    rig.announce(.shelved, alert: 1, flags: .shelved)
    rig.announce(.repeated, alert: 1, flags: .shelved)
    #expect(rig.received("+high\n-high shelved\n"))
  }

  @Test func `what comes while the line is away is said when it is back, calls first`() throws {
    let rig = try Rig(folder)
    for _ in 0..<50 {
      rig.announce(.raised)
      rig.announce(.cleared)
    }
    rig.announce(.raised, alert: 1)
    #expect(rig.output.nextChange == .max)
    rig.open()
    #expect(rig.received("+high\n+low\n"), "the end of one does not silence the other")
  }

  @Test func `of two that call, the last one to end clears the line`() throws {
    let rig = try Rig(folder)
    rig.open()
    rig.announce(.raised)
    rig.announce(.raised, alert: 1)
    rig.announce(.cleared)
    #expect(rig.received("+low\n+high\n"))
    rig.announce(.acknowledged, alert: 1)
    #expect(rig.received("-high acknowledged\n"))
  }

  @Test func `a full line gets the rest later, whole, and is failing meanwhile`() throws {
    let text = String(repeating: "x", count: 400) + "\n"
    let rig = try Rig(folder, raise: text)
    rig.open()
    let now = Clock.boot()
    // Nobody reads: the pseudo-terminal holds some KiB. Each message goes out or stays whole.
    var count = 0
    while rig.output.nextChange == .max {
      rig.output.announce(Make.event(.raised), at: now)
      count += 1
      try #require(count < 1000, "the line takes everything")
    }
    #expect(rig.health.state(of: 0) == .well)
    rig.ahead = OutputLimits.serialStallNanoseconds
    rig.output.tick(at: rig.now)
    #expect(rig.health.isFailing(0))
    rig.health.well(0)
    rig.output.tick(at: rig.output.nextChange)
    #expect(!rig.health.isFailing(0), "one stall is told once")
    rig.health.failed(0)
    #expect(rig.received(String(repeating: text, count: count)))
    #expect(rig.health.state(of: 0) == .well)
  }

  @Test func `the rest of a message is tried when it is due, not in every round`() throws {
    let text = String(repeating: "x", count: 400) + "\n"
    let rig = try Rig(folder, raise: text)
    rig.open()
    var count = 0
    while rig.output.nextChange == .max {
      rig.announce(.raised)
      count += 1
      try #require(count < 1000, "the line takes everything")
    }
    let due = rig.output.nextChange
    // The reader takes all, so that there is room.
    let terminal = try #require(rig.terminal)
    var bytes = 0
    #expect(
      eventually {
        let part = (try? terminal.controller.receive(waitMilliseconds: 20)) ?? []
        bytes += part.count
        return part.isEmpty
      })
    rig.output.tick(at: due - 1)
    #expect(try terminal.controller.receive(waitMilliseconds: 20) == [])
    rig.output.tick(at: due)
    #expect(rig.output.nextChange == .max)
    #expect(rig.received(String(repeating: "x", count: count * 401 - bytes - 1) + "\n"))
  }

  @Test func `a line that goes away in a message gets it whole from the next one`() throws {
    let text = String(repeating: "x", count: 400) + "\n"
    let rig = try Rig(folder, raise: text)
    rig.open()
    var count = 0
    while rig.output.nextChange == .max {
      rig.announce(.raised)
      count += 1
      try #require(count < 1000, "the line takes everything")
    }
    // The adapter is unplugged, with a part of the message written and what it held.
    rig.terminal = nil
    rig.output.tick(at: rig.output.nextChange)
    #expect(rig.health.isFailing(0) && rig.output.nextChange == .max)
    rig.announce(.cleared)
    try rig.plug()
    #expect(eventually { rig.door.step(at: Clock.boot()) == .opened })
    #expect(rig.received(text + "-low cleared\n"))
    #expect(rig.health.state(of: 0) == .well)
  }

  @Test func `at the end a line gets the rest, and what it does not take is named`() throws {
    let text = String(repeating: "x", count: 400) + "\n"
    for isRead in [true, false] {
      let terminal = try PseudoTerminal.open()
      let line = OutputKind.serial(
        SerialOutputSettings(path: terminal.slavePath, raise: Array(text.utf8)))
      let configuration = Make.outputs(
        folder, [Make.alert("low", outputs: [line]), Make.alert("high", outputs: [line])])
      let outputs = try AlertOutputs(configuration, hotWakeup: Wakeup())
      #expect(outputs.start())
      var count = 1
      var isFull: Bool { outputs.nextDeadline(at: Clock.boot()) != .max }
      repeat {
        while !isFull {
          outputs.announce(Make.event(.raised), at: Clock.boot())
          count += 1
          try #require(count < 1000, "the line takes everything")
        }
        // The kernel moves bytes to the other end when it has time, and then there is room again.
        usleep(200_000)
        outputs.tick(at: Clock.boot())
      } while !isFull
      outputs.announce(Make.event(.raised, alert: 1), at: Clock.boot())
      let received = Box()
      if isRead {
        let (controller, wanted) = (terminal.controller, count * text.utf8.count)
        let isStarted = Thread.start("reader") {
          _ = eventually {
            let bytes = try? controller.receive(waitMilliseconds: 1)
            return received.count.add(bytes?.count ?? 0, ordering: .relaxed).newValue >= wanted
          }
        }
        #expect(isStarted)
      }
      let untold = outputs.finish(withinMilliseconds: isRead ? 10_000 : 50)
      if isRead {
        #expect(untold == [])
        #expect(eventually { received.count.load(ordering: .relaxed) == count * text.utf8.count })
      } else {
        #expect(untold.count == 1 && untold.first?.hasSuffix(": 2 messages") == true, "\(untold)")
      }
    }
  }

  private final class Box: Sendable {
    let count = Atomic<Int>(0)
  }

  @Test func `a line that is not there is told once it was tried`() throws {
    let settings = SerialOutputSettings(path: "\(folder.path)/none", raise: [1])
    let health = OutputHealth(count: 1)
    let door = SerialOutput.door(
      output: 0, name: "pager", settings, handover: Handover<Descriptor>(), health: health)
    #expect(door.step(at: 0) != .opened)
    #expect(health.isFailing(0))
  }
}
