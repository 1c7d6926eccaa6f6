import CPlatform
import System
import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: an alert that was told stands after a kill, also where the keeper had written nothing; and
/// what another boot, another program or half a write left there is not believed.
/// Method: the keeper's start over the file of a run whose keeper never ran; files with wrong
/// bytes.
@Suite struct StandingFileTests {
  private static let second: Int64 = 1_000_000_000
  let folder = TestFolder()

  private func keeper(_ alerts: [String] = ["fall"]) -> AlertKeeper {
    let configuration = Make.configuration(
      folder, sensors: [], alerts: alerts.map { Make.alert($0, latch: true) })
    return AlertKeeper(configuration, board: AlertSnapshots(count: alerts.count))
  }

  private var path: String { "\(folder.path)/alerts/standing" }

  private static func raised(at time: Int64, episodes: Int = 1) -> AlertMachine {
    var settings = AlertMachine.Settings()
    settings.latches = true
    var machine = AlertMachine(settings)
    for episode in 0..<episodes {
      if episode > 0 { _ = machine.judge(.clear, at: time) }
      let transition = machine.judge(.raise, at: time)
      #expect(transition == .raised)
    }
    return machine
  }

  private func note(
    _ keeper: AlertKeeper, _ machine: AlertMachine, of alert: Int = 0, by person: String = "",
    at now: Int64 = Clock.boot()
  ) throws {
    try #require(keeper.standing).note(
      AlertSnapshot(
        state: machine.state, sinceWall: Clock.wall(), value: 0.95, level: 0.9,
        acknowledgedBy: PersonName(person)), of: alert, at: now)
  }

  @Test func `an alert that was told stands after a kill, though the keeper wrote nothing`() throws
  {
    let now = Clock.boot()
    do {
      let first = keeper()
      try note(first, Self.raised(at: now), at: now)
    }
    let found = keeper().restored[0]
    #expect(
      found.state.phase == .unacknowledged && found.state.episode == 1
        && found.state.raisedAt == now)
    #expect(found.value == 0.95 && found.level == 0.9 && found.transition == .raised)
    #expect(keeper().restored[0].state.phase == .unacknowledged, "and it stays")
  }

  @Test func `what a person did stands too, with the name, the shelf and the confirmation`() throws
  {
    let now = Clock.boot()
    do {
      let first = keeper()
      var machine = Self.raised(at: now)
      let answers = [
        machine.acknowledge(at: now), machine.shelve(until: now + 60 * Self.second, now: now),
      ]
      #expect(answers == [.done(.acknowledged), .done(.shelved)])
      try note(first, machine, by: "anna (Änne)")
    }
    let found = keeper().restored[0]
    #expect(found.state.phase == .acknowledged && found.state.flags == .shelved)
    #expect(
      found.acknowledgedBy == "anna (Änne)" && found.state.shelfUntil == now + 60 * Self.second)
  }

  @Test func `it stands also where the state cannot be believed`() throws {
    do {
      let first = keeper()
      try note(first, Self.raised(at: Clock.boot()))
    }
    try Files.write(Array("what is this".utf8), to: "\(folder.path)/alerts/state")
    let found = keeper()
    #expect(found.startFault != nil && found.restored[0].state.phase == .unacknowledged)
  }

  @Test func `each alert finds its own, in any order of the configuration`() throws {
    do {
      let first = keeper(["a", "b", "c"])
      try note(first, Self.raised(at: Clock.boot()), of: 1)
    }
    let found = keeper(["new", "c", "b"])
    #expect(found.restored.map { $0.state.phase } == [.normal, .normal, .unacknowledged])
  }

  @Test func `the later of the two wins`() {
    let boot = StandingRecord.mark(of: "one")
    var saved = SavedAlert(name: "fall")
    (saved.state.episode, saved.at) = (5, 100)
    var record = StandingRecord(saved, boot: boot, at: 100)
    #expect(saved.isOlder(than: record, boot: boot))
    record.changedAt = 99
    #expect(!saved.isOlder(than: record, boot: boot), "of the same episode, and earlier")
    record.snapshot.state.episode = 6
    #expect(saved.isOlder(than: record, boot: boot))
    #expect(!saved.isOlder(than: record, boot: boot &+ 1), "another boot")
    (record.snapshot.state.episode, record.changedAt) = (4, 101)
    #expect(!saved.isOlder(than: record, boot: boot))
    record = StandingRecord(SavedAlert(name: "fell"), boot: boot, at: 101)
    record.snapshot.state.episode = 9
    #expect(!saved.isOlder(than: record, boot: boot), "another alert")
  }

  @Test func `half a write, a wrong bit and another's file are no record`() throws {
    do { _ = keeper() }
    let sound = try Files.read(path, bytesMax: 10_000)
    #expect(sound.count == StandingFile.strideBytes && StandingFile.read(path).count == 1)
    for byte in sound.indices {
      var bytes = sound
      bytes[byte] ^= 1
      try Files.write(bytes, to: path)
      // Of the count only the lowest bit says something.
      let isCount = 1..<8 ~= byte
      #expect(StandingFile.read(path).count == (isCount ? 1 : 0), "\(byte)")
    }
    try Files.write(Array(sound.dropLast()), to: path)
    #expect(StandingFile.read(path).isEmpty)
    try Files.write(sound, to: path)
    chmod(path, 0o622)
    #expect(StandingFile.read(path).isEmpty, "others may write it")
    unlink(path)
    #expect(StandingFile.read(path).isEmpty)
    try Files.write(sound, to: "\(folder.path)/other")
    #expect(symlink("\(folder.path)/other", path) == 0)
    #expect(StandingFile.read(path).isEmpty)
  }

  @Test func `the hot thread writes it before it tells, and what did not change it does not write`()
    throws
  {
    try EchoModel().write(to: folder)
    let configuration = Make.configuration(
      folder, sensors: [Make.sensor(.unix(path: "/a"))], pipelines: [Make.pipeline()],
      alerts: [Make.alert(latch: true)])
    let snapshots = AlertSnapshots(count: 1)
    let keeper = AlertKeeper(configuration, board: snapshots)
    let rig = try AgentRig(
      configuration,
      people: PeopleLinks(
        orders: ControlQueue(hotWakeup: Wakeup()), snapshots: snapshots, keeper: keeper.queue,
        standing: keeper.standing, status: SequenceLock(CoreStatus())))
    let sensor = try rig.connect()
    rig.adopt()
    #expect(StandingFile.read(path).map { $0.snapshot.state.phase } == [.normal])
    try sensor.send("0\n1\n")
    try rig.goRound(3)
    #expect(StandingFile.read(path).map { $0.snapshot.state.phase } == [.unacknowledged])
    #expect(StandingFile.read(path).map { $0.snapshot.state.episode } == [1])
    let before = try Files.read(path, bytesMax: 10_000)
    // The round before has waited for longer than a gap lasts.
    try sensor.send("1\n")
    try rig.goRound(2)
    try sensor.send("1\n0.9\n")
    try rig.goRound(3)
    rig.hot.tellOthers(at: .max / 2)
    #expect(snapshots.read(0)?.value == 0.9, "the control thread sees the value")
    #expect(try Files.read(path, bytesMax: 10_000) == before)
    try sensor.send("0\n")
    try rig.goRound(3)
    #expect(try Files.read(path, bytesMax: 10_000) != before)
  }

  @Test func `beside a socket in run it lies in memory`() {
    var configuration = Make.configuration(folder, sensors: [])
    configuration.agent.state = "/var/lib/edgeagent"
    #expect(StandingFile.path(configuration) == "/var/lib/edgeagent/alerts/standing")
    configuration.control.socket = "/run/edgeagent/control.sock"
    #expect(StandingFile.path(configuration) == "/run/edgeagent/control.sock.standing")
  }
}
