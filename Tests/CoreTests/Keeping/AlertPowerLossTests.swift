import System
import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: after a loss of power at any moment no act that was promised is lost, none is done twice,
/// and no number of an episode comes again.
/// Method: a long seeded scenario with all kinds of records and several starts, on a disk in memory
/// that notes its steps. Then power is lost after each step: of what was not synchronized yet, the
/// disk has nothing, all, a part from the beginning, or a part with a hole.
@Suite struct AlertPowerLossTests {
  /// What a crash must not change: compared with what the scenario went through.
  struct Standing: Equatable {
    var phase = AlertPhase.normal
    var episode: Int64 = 0
    var flags: AlertFlags = []
    var shelfEnd: Int64 = 0
  }

  /// One alert of the scenario: all that it went through, and what was promised of it.
  struct Life {
    var states: [Standing] = [Standing()]
    /// At least this place of `states` must be there after a loss of power.
    var promised = 0
    var told: Int64 = 0
    var floor: Int64 = 0
    var now: Standing { states.last! }
  }

  struct Moment {
    let steps: Int
    let lives: [Life]
    let level: (value: Float, isPromised: Bool)
  }

  @Test func `loses no promised act, doubles none, and repeats no number`() throws {
    let (folder, other) = (TestFolder(), TestFolder())
    var scenario = try Scenario(folder.path, seed: seededRandom("power loss").state)
    for _ in 0..<220 { try scenario.step() }
    #expect(scenario.file.steps.count > 400)
    #expect(scenario.file.steps.count { if case .anew = $0 { true } else { false } } > 5)
    var check = Check(folder: other.path, scenario: scenario)
    try check.all()
    #expect(check.imageCount > 1500)
    #expect(check.problems == [])
  }

  // MARK: the scenario

  struct Scenario {
    static let names = ["fall", "pump", "door"]
    let file: MemoryFile
    var state: AlertStateFile!
    var random: SplitMix
    var lives = names.map { _ in Life() }
    var level: Float = 0
    var time: Int64 = 1_000_000_000
    var moments: [Moment] = []
    static let settings = names.map { name in
      var settings = Make.alert(name).settings
      settings.latch = name == "pump"
      settings.needsConfirmation = name == "door"
      return settings
    }

    static func clock(_ time: Int64) -> ClockNote {
      ClockNote(boot: "one", at: time, wall: 1_800_000_000_000_000_000 + time)
    }

    init(_ folder: String, seed: UInt64) throws {
      file = MemoryFile(folder: folder)
      random = SplitMix(state: seed)
      state = try unforked(try AlertStateFile(file, bytesMax: 4096))
      _ = try state.restore(for: Self.settings, at: Self.clock(time))
      note()
    }

    mutating func note() {
      moments.append(
        Moment(steps: file.steps.count, lives: lives, level: (level, true)))
    }

    mutating func step() throws {
      time += 1_000_000_000
      let alert = Int(random.next(below: 3))
      switch random.next(below: 12) {
      case 0...3: try happens(alert)
      case 4...7: try person(alert)
      case 8:
        level += 1
        // Between the write and the promise both levels are right.
        try state.keep(levels: .levels(saved(level)))
      case 9: try state.note([.clock(Self.clock(time))])
      case 10:
        // Transitions that are written together.
        try happens(alert)
        try happens((alert + 1) % 3)
      default: if random.next(below: 4) == 0 { try restart() }
      }
      note()
    }

    private func saved(_ level: Float) -> SavedOverride {
      let levels = LevelOverride(low: level, high: level, clearLow: level, clearHigh: level)
      return SavedOverride(condition: "fall", kind: 0, levels: levels, person: "anna", wall: 1)
    }

    /// The hot thread's own transitions: it is told before it is written.
    private mutating func happens(_ alert: Int) throws {
      var now = lives[alert].now
      let transition: AlertTransition
      switch now.phase {
      case .normal, .returned, .unconfirmed, .latched:
        now.phase = .unacknowledged
        now.episode = max(lives[alert].floor, now.episode) + 1
        transition = .raised
      case .unacknowledged: (now.phase, transition) = (.returned, .cleared)
      case .acknowledged:
        now.phase = Self.end(alert)
        transition = .cleared
      }
      lives[alert].told = max(lives[alert].told, now.episode)
      lives[alert].floor = max(lives[alert].floor, now.episode)
      lives[alert].states.append(now)
      moments.append(Moment(steps: file.steps.count, lives: lives, level: (level, true)))
      try state.note([state.record(event(alert, transition, now), name: Self.names[alert])])
      lives[alert].promised = lives[alert].states.count - 1
    }

    private static func end(_ alert: Int) -> AlertPhase {
      settings[alert].needsConfirmation
        ? .unconfirmed : settings[alert].latch ? .latched : .normal
    }

    private func event(
      _ alert: Int, _ transition: AlertTransition, _ now: Standing
    ) -> KeptTransition {
      KeptTransition(
        AlertEvent(
          alert: alert, transition: transition, phase: now.phase, flags: now.flags,
          episode: now.episode, value: 1, sample: 1, arrival: time, wall: time, latency: 0,
          person: PersonName("anna"))
      ) { $0.shelfUntil = now.shelfEnd }
    }

    /// A person acts: the record, the promise, the transition, the settlement.
    private mutating func person(_ alert: Int) throws {
      var now = lives[alert].now
      let (kind, transition): (AlertAct, AlertTransition)
      switch now.phase {
      case .unacknowledged:
        (kind, transition) = (.acknowledge(episode: now.episode), .acknowledged)
        now.phase = .acknowledged
      case .returned:
        (kind, transition) = (.acknowledge(episode: now.episode), .acknowledged)
        now.phase = Self.end(alert)
      case .unconfirmed:
        (kind, transition) = (.confirm(episode: now.episode), .confirmed)
        now.phase = .normal
      case .latched:
        (kind, transition) = (.reset(episode: now.episode), .reset)
        now.phase = .normal
      case .normal, .acknowledged:
        if now.flags.contains(.shelved) {
          (kind, transition) = (.unshelve, .unshelved)
          (now.flags, now.shelfEnd) = ([], 0)
        } else {
          now.shelfEnd = time + 3_600_000_000_000
          (kind, transition) = (.shelve(until: now.shelfEnd), .shelved)
          now.flags = .shelved
        }
      }
      lives[alert].states.append(now)
      // From here the act may be on the disk, and need not be.
      moments.append(Moment(steps: file.steps.count, lives: lives, level: (level, true)))
      let act = StoredAct(
        kind: kind, name: Self.names[alert], person: "anna", note: "n", at: time, wall: time)
      let numbers = try state.keep([act])
      // From here it must be.
      lives[alert].promised = lives[alert].states.count - 1
      note()
      // Perhaps the agent ends before the hot thread gets the order.
      if random.next(below: 5) == 0 { return try restart() }
      try state.note([state.record(event(alert, transition, now), name: Self.names[alert])])
      note()
      if random.next(below: 5) == 0 { return try restart() }
      try state.note([.settled(act: numbers[0], isDone: true)])
    }

    private mutating func restart() throws {
      if random.next(below: 2) == 0 { try state.note([.stopped]) }
      // Only one at a time has the folder.
      state = nil
      state = try unforked(try AlertStateFile(file, bytesMax: 4096))
      let restored = try state.restore(for: Self.settings, at: Self.clock(time))
      for (index, saved) in restored.enumerated() {
        #expect(Check.standing(saved) == lives[index].now)
        #expect(saved.state.episodeFloor >= lives[index].told)
        lives[index].floor = saved.state.episodeFloor
      }
    }
  }

  // MARK: the losses of power

  struct Check {
    let folder: String
    let scenario: Scenario
    var imageCount = 0
    var problems: [String] = []
    private var random = SplitMix(state: 1)

    init(folder: String, scenario: Scenario) {
      (self.folder, self.scenario) = (folder, scenario)
    }

    static func standing(_ saved: SavedAlert) -> Standing {
      Standing(
        phase: saved.state.phase, episode: saved.state.episode,
        flags: saved.state.flags.intersection(.anyShelf),
        shelfEnd: saved.state.flags.isShelved ? saved.state.shelfUntil : 0)
    }

    mutating func all() throws {
      var safe: [UInt8]?
      var loose: [UInt8] = []
      var new: [UInt8] = []
      for (index, step) in scenario.file.steps.enumerated() {
        switch step {
        case .write(let bytes): loose += bytes
        case .synchronize:
          safe! += loose
          loose = []
        case .cut(let count): (safe, loose) = (Array((safe! + loose)[..<count]), [])
        case .anew(let bytes): new = bytes
        case .take:
          // The rename may not be on the disk before this step has ended.
          if let safe { try look(safe + loose, after: index) }
          (safe, loose) = (new, [])
        }
        guard let safe else { continue }
        for tail in tails(of: loose) { try look(safe + tail, after: index + 1) }
      }
    }

    /// What the disk may have of bytes that were not synchronized.
    private mutating func tails(of loose: [UInt8]) -> [[UInt8]] {
      guard !loose.isEmpty else { return [[]] }
      var tails = [[], loose]
      for _ in 0..<4 {
        tails.append(Array(loose.prefix(Int(random.next(below: UInt64(loose.count))))))
      }
      // The disk writes its sectors in any order: a hole of zeros before what is there.
      let hole = Int(random.next(below: UInt64(loose.count)))
      tails.append([UInt8](repeating: 0, count: hole) + loose[hole...])
      var torn = loose
      torn[hole] ^= 0x40
      tails.append(torn)
      return tails
    }

    private mutating func look(_ image: [UInt8], after steps: Int) throws {
      imageCount += 1
      // Nothing more was promised or told than at the last moment before the next step, and nothing
      // less than at the last moment that had fewer steps.
      let before = scenario.moments.last { $0.steps <= steps - 1 } ?? scenario.moments[0]
      let now = scenario.moments.last { $0.steps <= steps } ?? scenario.moments[0]
      let restored: [SavedAlert]
      let levels: [SavedOverride]
      do {
        let state = try unforked(
          try AlertStateFile(MemoryFile(folder: folder, image), bytesMax: 4096))
        restored = try state.restore(
          for: Scenario.settings, at: Scenario.clock(scenario.time))
        levels = state.model.overrides
        // What was restored is restored once more, and nothing changes but the gap.
        let twice = AlertRestore(saved: state.model, clock: Scenario.clock(scenario.time))
          .alerts(for: Scenario.settings)
        for (one, other) in zip(restored, twice) where Self.standing(one) != Self.standing(other) {
          problems.append("step \(steps): a second restore changes \(one.name)")
        }
      } catch {
        return problems.append("step \(steps): \(error)")
      }
      for (index, saved) in restored.enumerated() {
        judge(saved, before.lives[index], now.lives[index], steps)
      }
      let level = levels.first?.levels.low ?? 0
      if level < before.level.value || level > now.level.value + 1 {
        problems.append("step \(steps): level \(level), \(before.level.value) was promised")
      }
    }

    private mutating func judge(_ saved: SavedAlert, _ before: Life, _ now: Life, _ steps: Int) {
      // A shelf that is over by the end of the scenario is over.
      var found = Self.standing(saved)
      let allowed = now.states[before.promised...].map { state -> Standing in
        var state = state
        if state.shelfEnd != 0, state.shelfEnd <= scenario.time {
          (state.flags, state.shelfEnd) = ([], 0)
        }
        return state
      }
      if found.flags.isEmpty { found.shelfEnd = 0 }
      if !allowed.contains(found) {
        problems.append("step \(steps): \(saved.name) is \(found), not one of \(allowed)")
      }
      if saved.state.episodeFloor < now.told {
        problems.append("step \(steps): \(saved.name) would repeat a number")
      }
    }
  }
}
