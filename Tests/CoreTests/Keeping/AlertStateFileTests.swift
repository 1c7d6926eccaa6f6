import CPlatform
import System
import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: the file is the agent's alone, keeps what was promised, and is told of when it cannot be
/// believed.
/// Method: real files in a folder; a disk in memory where writes fail.
@Suite struct AlertStateFileTests {
  private static let clock = ClockNote(boot: "one", at: 1_000, wall: 1_800_000_000_000_000_000)
  private static let fall = Make.alert("fall").settings

  private static func act(_ kind: AlertAct, _ name: String = "fall") -> StoredAct {
    StoredAct(kind: kind, name: name, person: "anna", note: "seen", at: 2_000, wall: 3_000)
  }

  private static func raised(_ episode: Int64) -> KeptTransition {
    KeptTransition(
      AlertEvent(
        alert: 0, transition: .raised, phase: .unacknowledged, episode: episode, value: 0.9,
        level: 0.8, sample: 1, arrival: 1_500, wall: 2_500, latency: 0))
  }

  private static func open(_ folder: TestFolder) throws -> AlertStateFile {
    try unforked(try AlertStateFile(AppendFile(folder: "\(folder.path)/alerts", name: "state")))
  }

  @Test func `what was kept is there after a start`() throws {
    let folder = TestFolder()
    do {
      let state = try Self.open(folder)
      let first = try state.restore(for: [Self.fall], at: Self.clock)
      #expect(first == [SavedAlert(name: "fall")], "nothing is remembered, and no number skipped")
      try state.note([state.record(Self.raised(1), name: "fall")])
      #expect(try state.keep([Self.act(.acknowledge(episode: 1))]).count == 1)
    }
    let state = try Self.open(folder)
    let saved = try state.restore(for: [Self.fall], at: Self.clock)[0]
    #expect(
      saved.state.phase == .acknowledged && saved.acknowledgedBy == "anna" && saved.note == "seen")
    #expect(
      saved.state.episode == 1 && saved.state.episodeFloor == 1 + AlertKeepingLimits.episodeGap)
    #expect(saved.state.raisedAt == 1_500 && saved.sinceWall == 2_500)
    var status = stat()
    #expect(lstat("\(folder.path)/alerts", &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(lstat("\(folder.path)/alerts/state", &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func `an act of another episode changes nothing`() throws {
    let folder = TestFolder()
    do {
      let state = try Self.open(folder)
      _ = try state.restore(for: [Self.fall], at: Self.clock)
      try state.note([state.record(Self.raised(1), name: "fall")])
      _ = try state.keep([Self.act(.acknowledge(episode: 1))])
      try state.note([state.record(Self.raised(2), name: "fall")])
    }
    let saved = try Self.open(folder).restore(for: [Self.fall], at: Self.clock)[0]
    #expect(saved.state.phase == .unacknowledged && saved.state.episode == 2)
  }

  @Test func `a repeat takes back that it was seen and that the cause was gone`() throws {
    let folder = TestFolder()
    var settings = Self.fall
    (settings.needsConfirmation, settings.repeatNanoseconds) = (true, 10_000)
    var machine = AlertMachine(AlertMachine.Settings(settings))
    do {
      let state = try Self.open(folder)
      _ = try state.restore(for: [settings], at: Self.clock)
      func note(_ transition: AlertTransition?, at time: Int64, by person: String = "") throws {
        let event = AlertEvent(
          alert: 0, transition: try #require(transition), phase: machine.phase,
          episode: machine.episode, value: 0.9, sample: 1, arrival: time, wall: time, latency: 0,
          person: PersonName(person))
        let kept = KeptTransition(event: event, state: machine.state)
        try state.note([state.record(kept, name: "fall")])
      }
      try note(machine.judge(.raise, at: 1_500), at: 1_500)
      for kind in [AlertAct.acknowledge(episode: 1), .confirm(episode: 1)] {
        _ = try state.keep([Self.act(kind)])
        try note(
          machine.obey(kind, askedAt: 2_000, at: 2_000).transition, at: 2_000, by: "anna")
      }
      let seen = try #require(state.model.alert(named: "fall"))
      #expect(seen.state.isConfirmed && seen.acknowledgedBy == "anna")
      try note(machine.tick(at: 12_000), at: 12_000)
    }
    let saved = try Self.open(folder).restore(for: [settings], at: Self.clock)[0]
    #expect(saved.transition == .repeated && saved.state.phase == .unacknowledged)
    #expect(!saved.state.isConfirmed && saved.acknowledgedBy == "")
    #expect(saved.state.repeatCount == 1 && saved.state.waitingSince == 12_000)
  }

  @Test func `a file that others may write, that is a link or damaged is refused`() throws {
    let folder = TestFolder()
    let path = "\(folder.path)/alerts/state"
    do { _ = try Self.open(folder).restore(for: [Self.fall], at: Self.clock) }
    chmod(path, 0o620)
    #expect(throws: AlertStateError.writable(path: path, mode: 0o100620)) {
      try Self.open(folder)
    }
    chmod(path, 0o600)
    #expect(link(path, "\(folder.path)/second") == 0)
    #expect(throws: AlertStateError.notPlain(path: path)) { try Self.open(folder) }
    unlink(path)
    #expect(symlink("\(folder.path)/second", path) == 0)
    #expect(throws: AlertStateError.notPlain(path: path)) { try Self.open(folder) }
    unlink(path)
    try Files.write(Array("something else\n".utf8), to: path)
    chmod(path, 0o600)
    #expect(throws: AlertStateError.notOurs) { try Self.open(folder) }
    unlink(path)
    chmod("\(folder.path)/alerts", 0o777)
    #expect(throws: AlertStateError.writable(path: "\(folder.path)/alerts", mode: 0o40777)) {
      try Self.open(folder)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "another user's file needs root"))
  func
    `a file of another user is refused`() throws
  {
    let folder = TestFolder()
    let path = "\(folder.path)/alerts/state"
    do { _ = try Self.open(folder).restore(for: [Self.fall], at: Self.clock) }
    #expect(chown(path, 12_345, 0) == 0)
    #expect(throws: AlertStateError.foreign(path: path, user: 12_345)) { try Self.open(folder) }
  }

  @Test func `two agents do not share a folder`() throws {
    let folder = TestFolder()
    let first = try Self.open(folder)
    #expect(throws: AlertStateError.busy(folder: "\(folder.path)/alerts")) {
      try Self.open(folder)
    }
    withExtendedLifetime(first) {}
  }

  @Test func `an act that the disk refuses does not come back`() throws {
    let folder = TestFolder()
    for working in 0..<3 {
      let file = MemoryFile(folder: folder.path)
      do {
        let state = try unforked(try AlertStateFile(file))
        _ = try state.restore(for: [Self.fall], at: Self.clock)
        file.failsAfter = working
        #expect(throws: AlertStateError.self) {
          _ = try state.keep([Self.act(.shelve(until: 5_000))])
          // With two steps the act is kept, and the next one fails.
          _ = try state.keep([Self.act(.service(isOut: true))])
        }
        file.failsAfter = nil
        // The next step writes the file anew, without it.
        try state.note([.clock(Self.clock)])
      }
      let saved = try unforked(try AlertStateFile(file)).restore(for: [Self.fall], at: Self.clock)[
        0]
      #expect(saved.state.flags == (working == 2 ? .shelved : []), "\(working)")
    }
  }

  @Test func `what happened while the disk took nothing is written when it does again`() throws {
    let folder = TestFolder()
    let file = MemoryFile(folder: folder.path)
    do {
      let state = try unforked(try AlertStateFile(file))
      _ = try state.restore(for: [Self.fall], at: Self.clock)
      file.failsAfter = 0
      #expect(throws: AlertStateError.self) {
        try state.note([state.record(Self.raised(1), name: "fall")])
      }
      file.failsAfter = nil
      try state.note([.clock(Self.clock)])
    }
    let saved = try unforked(try AlertStateFile(file)).restore(for: [Self.fall], at: Self.clock)[0]
    #expect(saved.state.phase == .unacknowledged && saved.state.episode == 1)
  }

  @Test func `levels that persons set are read without changing the file`() throws {
    let folder = TestFolder()
    let levels = LevelOverride(low: 1, high: 1, clearLow: 0.5, clearHigh: 0.5)
    let saved = SavedOverride(condition: "fall", kind: 0, levels: levels, person: "m", wall: 4)
    do {
      let state = try Self.open(folder)
      _ = try state.restore(for: [Self.fall], at: Self.clock)
      try state.keep(levels: .levels(saved))
      #expect(AlertStateFile.overrides(in: folder.path) == [saved], "also while it is in use")
      try state.keep(levels: .noLevels(condition: "other"))
    }
    #expect(AlertStateFile.overrides(in: folder.path) == [saved])
    do {
      let state = try Self.open(folder)
      _ = try state.restore(for: [Self.fall], at: Self.clock) { _ in false }
      #expect(state.model.overrides == [])
    }
    #expect(AlertStateFile.overrides(in: "\(folder.path)/none") == [])
  }

  /// What a person or a broken disk may put into a file with a right checksum.
  @Test(arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
  func `numbers of a file may be any, and no sum with them overflows`(number: Int64) throws {
    for phase in AlertPhase.allCases {
      let folder = TestFolder()
      var saved = SavedAlert(name: "fall")
      (saved.state.phase, saved.state.flags) = (phase, AlertFlags(rawValue: 0xFF))
      (saved.state.episode, saved.state.episodeFloor, saved.at, saved.wall) = (
        number, number, number, number
      )
      (saved.state.raisedAt, saved.sinceWall, saved.state.clearedAt) = (number, number, number)
      (saved.state.since, saved.state.calledAt, saved.state.waitingSince) = (number, number, number)
      (saved.state.shelfUntil, saved.state.silenceUntil, saved.state.repeatCount) = (
        number, number, .max
      )
      for boot in ["one", "two"] {
        let note = ClockNote(boot: boot, at: number, wall: number)
        let records: [AlertRecord] = [.clock(note), .alert(saved)]
        var bytes = RecordLog.header
        for (place, record) in records.enumerated() {
          bytes += RecordFrame.make(record.bytes, sequence: UInt64(place + 1), durable: 0)
        }
        let file = try unforked(
          try AlertStateFile(MemoryFile(folder: "\(folder.path)/\(boot)", bytes)))
        let found = try file.restore(
          for: [Self.fall], at: Self.clock, numbers: ["fall": number])[0]
        let state = found.state
        let moments = [
          found.at, state.since, state.raisedAt, state.clearedAt ?? 0, state.calledAt,
          state.waitingSince, state.shelfUntil, state.silenceUntil,
        ]
        #expect(moments.allSatisfy { $0.magnitude <= AlertKeepingLimits.momentMax.magnitude })
        var machine = AlertMachine(
          AlertMachine.Settings(Self.fall), restored: state, at: 1_000)
        for time in 0..<5 as Range<Int64> {
          _ = machine.judge(time % 2 == 0 ? .clear : .raise, at: 2_000 + time)
          while machine.tick(at: 2_000 + time) != nil {}
        }
        #expect(machine.episode >= 1)
        try file.note([file.record(Self.raised(machine.episode), name: "fall")])
      }
    }
  }

  @Test func `a file with the greatest number of a record is not believed`() throws {
    for number in [UInt64.max, UInt64.max - 1, UInt64(Int64.max)] {
      let frame = RecordFrame.make(
        AlertRecord.alert(SavedAlert(name: "fall")).bytes, sequence: number, durable: 0)
      let folder = TestFolder()
      #expect(throws: AlertStateError.self) {
        try unforked(try AlertStateFile(MemoryFile(folder: folder.path, RecordLog.header + frame)))
      }
    }
  }
}
