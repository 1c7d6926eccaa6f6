import Testing

@testable import Config
@testable import Core
@testable import SensorIO
import TestSupport
@testable import Text

/// Goal: readings reach the alerts that wait for them, in the right order, and what people and time
/// do is told once.
/// Method: configurations as text, values at given times, transitions as words.
@Suite struct AlertBoardTests {
  private static let second: Int64 = 1_000_000_000

  private final class Rig {
    let board: AlertBoard
    var told: [String] = []

    init(_ text: String, restored: [AlertMachine.State?] = []) throws {
      let head = """
        [agent]
        id = "a"
        [[sensor]]
        name = "s"
        port = "stdin"
        rate = 1
        stale_after = "5s"
        dead_man = false
        fields = [{ name = "x" }, { name = "y" }]
        [[pipeline]]
        name = "p"
        sensor = "s"
        model = "m"
        dead_man = false

        """
      let configuration = try Configuration.parse([
        ConfigurationSource(file: "t", bytes: Array((head + text).utf8))
      ])
      board = AlertBoard(configuration, restored: restored, at: 0)
    }

    func tell(_ alert: Alert, _ transition: AlertTransition, _ person: PersonName) {
      told.append("\(alert.settings.name) \(transition.word)")
    }

    func take() -> [String] {
      defer { told = [] }
      return told
    }

    func sample(_ x: Float, _ y: Float = 0, at seconds: Double) -> [String] {
      [x, y].withUnsafeBufferPointer {
        board.sample(sensor: 0, values: $0, at: Int64(seconds * 1e9), tell)
      }
      return take()
    }

    func tick(_ seconds: Double) -> [String] {
      board.tick(at: Int64(seconds * 1e9), tell)
      return take()
    }

    func order(_ alert: String, _ kind: AlertOrder.Kind, at seconds: Double) -> AlertAnswer {
      let found = board.alerts.first { $0.settings.name == alert }!
      let order = AlertOrder(
        alert: found.index, kind: kind, person: PersonName("ann"), at: Int64(seconds * 1e9))
      return board.obey(order, found, at: Int64(seconds * 1e9), tell)
    }
  }

  private func alert(_ name: String, _ lines: String = "above = 1") -> String {
    "[[alert]]\nname = \"\(name)\"\nsource = \"sensor:s.x\"\n\(lines)\n"
  }

  @Test func `one value raises every alert on it`() throws {
    let rig = try Rig(alert("low", "above = 1") + alert("high", "above = 2"))
    #expect(rig.sample(1.5, at: 1) == ["low raised"])
    #expect(rig.sample(2.5, at: 2) == ["high raised"])
    #expect(rig.sample(0, at: 3) == ["low cleared", "high cleared"])
    #expect(rig.board.standingCount == 2 && rig.board.raiseCount == 2, "no person has seen them")
    #expect(rig.order("low", .act(.acknowledge(episode: 1)), at: 4) == .done(.acknowledged))
    #expect(rig.take() == ["low acknowledged"] && rig.board.standingCount == 1)
  }

  @Test func `time alone raises what is held, and says when`() throws {
    let rig = try Rig(alert("held", "above = 1\nhold = \"10s\""))
    _ = rig.tick(0.5)
    #expect(rig.sample(2, at: 1) == [])
    // The sensor is stale at 6 s, before the hold is over, so it is fed.
    #expect(rig.sample(2, at: 5) == [] && rig.sample(2, at: 10) == [])
    #expect(rig.board.nextDeadline <= 11 * Self.second)
    #expect(rig.tick(10.9) == [] && rig.tick(11) == ["held raised"])
  }

  @Test func `a suppressor comes before what it suppresses`() throws {
    let rig = try Rig(
      """
      [[condition]]
      name = "off"
      source = "sensor:s.y"
      above = 1
      \(alert("hot", "above = 1\nsuppress_when = [\"off\"]"))
      """)
    #expect(rig.sample(2, 2, at: 1) == ["hot suppressed", "hot raised"])
    #expect(rig.board.alerts[0].machine.signal == AlertSignal(relay: true))
    #expect(rig.sample(2, 0, at: 2) == ["hot unsuppressed"], "it stands, and is heard now")
    #expect(rig.board.alerts[0].machine.signal.sound)
  }

  @Test func `the first of a group is marked, and all of one moment are first`() throws {
    let text =
      alert("a", "above = 1\ngroup = \"g\"") + alert("b", "above = 1\ngroup = \"g\"")
      + alert("c", "above = 2\ngroup = \"g\"")
    let rig = try Rig(text)
    _ = rig.sample(1, at: 1)
    _ = rig.sample(2, at: 2)
    #expect(rig.board.alerts.map { $0.machine.flags.contains(.first) } == [true, true, false])
  }

  @Test func `a person means what stood when the person asked`() throws {
    let rig = try Rig(alert("old", "above = 1") + alert("fire", "above = 2"))
    func order(_ alert: Int, _ act: AlertAct, isOfAll: Bool, asked: Double) -> AlertAnswer {
      let order = AlertOrder(
        alert: isOfAll ? -1 : alert, kind: .act(act), person: PersonName("ann"),
        at: Int64(asked * 1e9))
      return rig.board.obey(order, rig.board.alerts[alert], at: 10 * Self.second, rig.tell)
    }
    #expect(rig.sample(1, at: 1) == ["old raised"] && rig.sample(2, at: 3) == ["fire raised"])
    let pause = AlertAct.silence(until: 60 * Self.second)
    let unseen = AlertAnswer.refused(.wrongEpisode(standing: 1))
    // The disk kept the order of second 2 back.
    #expect(order(0, pause, isOfAll: true, asked: 2) == .done(.silenced))
    #expect(order(1, pause, isOfAll: true, asked: 2) == unseen)
    #expect(rig.board.alerts[1].machine.signal.sound)
    for kind in [AlertAct.acknowledge(episode: 0), .acknowledge(episode: 1)] {
      #expect(order(1, kind, isOfAll: true, asked: 2) == unseen)
    }
    #expect(order(1, .acknowledge(episode: 0), isOfAll: false, asked: 2) == unseen)
    #expect(rig.take() == ["old silenced"])
    #expect(order(1, pause, isOfAll: true, asked: 4) == .done(.silenced))
    // Whoever names the episode has seen it.
    #expect(
      order(1, .acknowledge(episode: 1), isOfAll: false, asked: 2) == .done(.acknowledged))
  }

  @Test func `a gap ends votes and holds, and no alert`() throws {
    let rig = try Rig(alert("a", "above = 1\nvotes = \"2 of 2\"") + alert("b", "above = 1"))
    #expect(rig.sample(1, at: 1) == ["b raised"])
    rig.board.gap(sensor: 0)
    #expect(rig.sample(1, at: 2) == [] && rig.sample(1, at: 3) == ["a raised"])
    #expect(rig.board.alerts[1].machine.phase == .unacknowledged)
  }

  @Test func `another version changes neither votes nor hold`() throws {
    let rig = try Rig(
      """
      [[alert]]
      name = "fall"
      source = "p.fall"
      above = 0.5
      hold = "5s"
      """)
    for version in 0..<4 {
      // The label's place changes with each version.
      let column = version % 2
      rig.board.conditions.rebind(pipeline: 0, labelIndices: [column])
      for step in 0..<3 {
        let scores: [Float] = column == 0 ? [0.9, 0] : [0, 0.9]
        scores.withUnsafeBufferPointer {
          rig.board.score(
            pipeline: 0, values: $0, at: Int64(3 * version + step) * Self.second, rig.tell)
        }
      }
    }
    #expect(rig.take() == ["fall raised"])
    #expect(rig.board.alerts[0].machine.state.raisedAt == 5 * Self.second)
  }

  @Test func `an arrival before the last look at the clock is now`() throws {
    let rig = try Rig(alert("a"))
    _ = rig.tick(2)
    _ = rig.sample(1, at: 1)
    #expect(rig.board.alerts[0].machine.state.raisedAt == 2 * Self.second)
  }

  @Test func `a standing alert stands after a restart, as the same episode`() throws {
    var saved = AlertMachine.State()
    (saved.phase, saved.episode, saved.since) = (.acknowledged, 41, -Self.second)
    let rig = try Rig(alert("a") + alert("b"), restored: [saved, nil])
    #expect(rig.tick(0) == ["a restored"])
    #expect(rig.sample(2, at: 1) == ["b raised"])
    #expect(rig.board.alerts[0].machine.episode == 41)
    #expect(rig.board.alerts[1].machine.episode == 1)
  }

  @Test func `a level that a person sets holds until it is taken back`() throws {
    let rig = try Rig(alert("a", "above = 1"))
    let higher = LevelOverride(low: 3, high: 3, clearLow: 3, clearHigh: 3)
    #expect(rig.order("a", .setLevels(higher), at: 1) == .unchanged)
    #expect(rig.sample(2, at: 2) == [])
    #expect(rig.order("a", .setLevels(nil), at: 3) == .unchanged)
    #expect(rig.sample(2, at: 4) == ["a raised"])
  }

  @Test func `an event says what people want to know`() throws {
    let rig = try Rig(alert("a", "above = 1\nvotes = \"1 of 3\""))
    _ = rig.sample(2.5, at: 1)
    let event = rig.board.event(
      rig.board.alerts[0], .raised, PersonName("ann"), sample: 7, arrival: 5, wall: 6, latency: 8)
    #expect(event.value == 2.5 && event.level == 1 && event.votes == 1)
    #expect(event.phase == .unacknowledged && event.episode == 1 && event.person.text == "ann")
  }
}
