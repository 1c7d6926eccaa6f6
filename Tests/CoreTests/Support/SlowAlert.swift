@testable import Config
@testable import Core

/// The rules of alerts once more, slowly: it keeps all that happened, and works out from that what
/// holds now. It shares no code with `AlertMachine` beside the types of its answers.
struct SlowAlert {
  enum Deed { case raised, repeated, acknowledged, confirmed, cleared, reset, escalated }

  let settings: AlertMachine.Settings
  /// Readings, as they count, since the last gap or the end of the last episode.
  private(set) var readings: [(time: Int64, reading: Reading)] = []
  /// What happened to the last episode, from `raised` on.
  private(set) var deeds: [(time: Int64, deed: Deed)] = []
  private(set) var episode: Int64 = 0
  private var lastClear: Int64?
  private var shelf: (isOnce: Bool, until: Int64)?
  private var isOut = false
  private var isSuppressed = false
  private var silence: (episode: Int64, until: Int64)?
  private var drill: Int64?
  /// The last episode before the last drill.
  private var drilledEpisode: Int64?
  private var firstEpisode: Int64?
  /// Moments from which repeats, and the escalation, count anew.
  private var repeatsAnew: [Int64] = []
  private var waitsAnew: [Int64] = []
  private var hasToSayRestored = false

  init(_ settings: AlertMachine.Settings) { self.settings = settings }

  // MARK: what holds

  /// Whether that was done since a person was last called.
  private func isDone(_ wanted: Deed) -> Bool {
    var index = deeds.count
    while index > 0 {
      index -= 1
      let deed = deeds[index].deed
      if deed == wanted { return true }
      if deed == .raised || deed == .repeated { return false }
    }
    return false
  }

  private func wasDone(_ wanted: Deed) -> Bool {
    for (_, deed) in deeds where deed == wanted { return true }
    return false
  }

  var isConfirmed: Bool { isDone(.confirmed) }

  var phase: AlertPhase {
    if deeds.isEmpty || wasDone(.reset) { return .normal }
    let isSeen = isDone(.acknowledged)
    if !wasDone(.cleared) { return isSeen ? .acknowledged : .unacknowledged }
    if !isSeen && settings.needsAcknowledgement { return .returned }
    if settings.needsConfirmation && !isConfirmed { return .unconfirmed }
    return settings.latches ? .latched : .normal
  }

  var repeatCount: Int {
    phase == .normal ? 0 : deeds.count { $0.deed == .repeated }
  }

  private var isSilenced: Bool {
    guard let silence, silence.episode == episode else { return false }
    return [.unacknowledged, .acknowledged, .returned].contains(phase)
  }

  private var isMute: Bool { shelf != nil || isOut || isSuppressed }

  var flags: AlertFlags {
    var flags: AlertFlags = []
    if let shelf { flags.insert(shelf.isOnce ? .shelvedOnce : .shelved) }
    if isOut { flags.insert(.outOfService) }
    if isSuppressed { flags.insert(.suppressed) }
    if isSilenced { flags.insert(.silenced) }
    if drill != nil { flags.insert(.drill) }
    if firstEpisode == episode && phase != .normal { flags.insert(.first) }
    if wasDone(.escalated) && drilledEpisode != episode { flags.insert(.escalated) }
    return flags
  }

  var signal: AlertSignal {
    if drill != nil { return AlertSignal(sound: true, light: .flash, relay: true) }
    let phase = phase
    let isUnseen = phase == .unacknowledged || phase == .returned
    let sounds = isUnseen && (phase == .unacknowledged || settings.latches)
    return AlertSignal(
      sound: sounds && !isMute && !isSilenced,
      light: isMute || phase == .normal ? .off : isUnseen ? .flash : .steady,
      relay: phase != .normal)
  }

  // MARK: readings

  private var isActive: Bool {
    let phase = phase
    return phase == .unacknowledged || phase == .acknowledged
  }

  private func isVoted(_ index: Int) -> Bool {
    let last = readings[max(0, index - settings.votesOf + 1)...index]
    return last.count { $0.reading == .raise } >= settings.votesNeeded
  }

  var voteCount: Int { readings.suffix(settings.votesOf).count { $0.reading == .raise } }

  private var raiseTime: Int64? {
    guard !isActive, let last = readings.last, last.reading != .clear else { return nil }
    var index = readings.count
    while index > 0 && isVoted(index - 1) { index -= 1 }
    guard index < readings.count else { return nil }
    let held = readings[index].time + settings.hold
    return lastClear.map { max(held, $0 + settings.cooldown) } ?? held
  }

  private var clearTime: Int64? {
    guard isActive else { return nil }
    var index = readings.count
    while index > 0 && readings[index - 1].reading == .clear { index -= 1 }
    return index < readings.count ? readings[index].time + settings.clearHold : nil
  }

  mutating func judge(_ reading: Reading, at time: Int64) -> AlertTransition? {
    if reading == .unknown {
      switch settings.unknown {
      case .hold:
        readings = []
        return nil
      case .raise: readings.append((time, .raise))
      case .clear: readings.append((time, .clear))
      }
    } else {
      readings.append((time, reading))
    }
    return settle(at: time)
  }

  mutating func forgetVotes() { readings = [] }

  private mutating func settle(at time: Int64) -> AlertTransition? {
    if let due = raiseTime, due <= time {
      episode += 1
      deeds = [(time, .raised)]
      drill = nil
      // A silence and a mark belong to their episode; the first one that stood stays the first.
      if firstEpisode == episode - 1 && wasStanding { firstEpisode = episode }
      return .raised
    }
    if let due = clearTime, due <= time {
      deeds.append((time, .cleared))
      lastClear = time
      readings = []
      if let shelf, shelf.isOnce { self.shelf = (true, min(shelf.until, time)) }
      return .cleared
    }
    return nil
  }

  /// Whether the alert stood before the raise that `settle` just wrote down.
  private var wasStanding = false

  // MARK: time

  mutating func tick(at time: Int64) -> AlertTransition? {
    if hasToSayRestored {
      hasToSayRestored = false
      if phase != .normal { return .restored }
    }
    if let drill, drill <= time {
      self.drill = nil
      return .drillEnded
    }
    if let shelf, shelf.until <= time {
      unmute(at: time) { $0.shelf = nil }
      return .unshelved
    }
    if isSilenced, silence!.until <= time {
      silence = nil
      repeatsAnew.append(time)
      return .unsilenced
    }
    noteStanding()
    if let answer = settle(at: time) { return answer }
    if settings.escalateAfter > 0 && phase == .unacknowledged && !isMute
      && !wasDone(.escalated)
      && time >= max(unseenSince, waitsAnew.last ?? .min) + settings.escalateAfter
    {
      deeds.append((time, .escalated))
      return .escalated
    }
    if settings.repeatEvery > 0 && isActive && !isMute && !isSilenced
      && time >= max(lastCall, repeatsAnew.last ?? .min) + settings.repeatEvery
    {
      deeds.append((time, .repeated))
      return .repeated
    }
    return nil
  }

  mutating func noteStanding() { wasStanding = phase != .normal }

  private var lastCall: Int64 {
    deeds.last { [.raised, .repeated, .acknowledged].contains($0.deed) }!.time
  }

  /// When the alert became unacknowledged: raised, or repeated after an acknowledgement.
  private var unseenSince: Int64 {
    var since: Int64?
    for (time, deed) in deeds {
      switch deed {
      case .raised, .repeated: since = since ?? time
      case .acknowledged: since = nil
      case .confirmed, .cleared, .reset, .escalated: break
      }
    }
    return since!
  }

  private mutating func unmute(at time: Int64, _ change: (inout SlowAlert) -> Void) {
    let before = isMute
    change(&self)
    if before && !isMute {
      repeatsAnew.append(time)
      waitsAnew.append(time)
    }
  }

  // MARK: people

  private func isOther(_ number: Int64) -> Bool { number != 0 && number != episode }

  mutating func acknowledge(_ number: Int64, at time: Int64) -> AlertAnswer {
    if phase == .normal { return .refused(.notStanding) }
    if isOther(number) { return .refused(.wrongEpisode(standing: episode)) }
    if phase != .unacknowledged && phase != .returned { return .refused(.alreadyAcknowledged) }
    deeds.append((time, .acknowledged))
    return .done(.acknowledged)
  }

  mutating func confirm(_ number: Int64, at time: Int64) -> AlertAnswer {
    if phase == .normal { return .refused(.notStanding) }
    if isOther(number) { return .refused(.wrongEpisode(standing: episode)) }
    if phase == .latched { return .unchanged }
    if phase != .unconfirmed {
      if !settings.needsConfirmation { return .refused(.nothingToConfirm) }
      if phase == .unacknowledged || phase == .returned { return .refused(.notAcknowledged) }
      if isConfirmed { return .refused(.alreadyConfirmed) }
    }
    deeds.append((time, .confirmed))
    return .done(.confirmed)
  }

  mutating func reset(_ number: Int64, at time: Int64) -> AlertAnswer {
    if phase == .normal { return .unchanged }
    if isOther(number) { return .refused(.wrongEpisode(standing: episode)) }
    if phase == .latched {
      deeds.append((time, .reset))
      return .done(.reset)
    }
    if !settings.latches { return .refused(.notLatched) }
    if isActive { return .refused(.notReturned) }
    return .refused(phase == .returned ? .notAcknowledged : .notConfirmed)
  }

  mutating func shelve(isOnce: Bool, until end: Int64, now: Int64) -> AlertAnswer {
    if let shelf, shelf.isOnce == isOnce { return .refused(.alreadyShelved) }
    if end <= now { return .refused(.timeIsPast) }
    shelf = (isOnce, end)
    return .done(.shelved)
  }

  mutating func unshelve(at time: Int64) -> AlertAnswer {
    if shelf == nil { return .refused(.notShelved) }
    unmute(at: time) { $0.shelf = nil }
    return .done(.unshelved)
  }

  mutating func service(isOut: Bool, at time: Int64) -> AlertAnswer {
    if isOut == self.isOut { return .refused(isOut ? .alreadyOutOfService : .notOutOfService) }
    unmute(at: time) { $0.isOut = isOut }
    return .done(isOut ? .outOfService : .inService)
  }

  mutating func suppress(_ isSuppressed: Bool, at time: Int64) -> AlertTransition? {
    if isSuppressed == self.isSuppressed { return nil }
    unmute(at: time) { $0.isSuppressed = isSuppressed }
    return isSuppressed ? .suppressed : .unsuppressed
  }

  mutating func silence(until end: Int64, now: Int64) -> AlertAnswer {
    if phase == .normal { return .refused(.notStanding) }
    if phase == .latched || phase == .unconfirmed { return .refused(.nothingToSilence) }
    if end <= now { return .refused(.timeIsPast) }
    silence = (episode, end)
    return .done(.silenced)
  }

  mutating func mark(isFirst: Bool) { firstEpisode = isFirst && phase != .normal ? episode : nil }

  mutating func beginDrill(until end: Int64, now: Int64) -> AlertAnswer {
    if phase != .normal { return .refused(.standing) }
    if drill != nil { return .refused(.alreadyDrilled) }
    if end <= now { return .refused(.timeIsPast) }
    (drill, drilledEpisode) = (end, episode)
    return .done(.drillBegan)
  }

  mutating func restart(at time: Int64) {
    if phase == .unacknowledged {
      repeatsAnew.append(time)
      if isSuppressed { waitsAnew.append(time) }
    }
    (isSuppressed, drill, readings) = (false, nil, [])
    hasToSayRestored = phase != .normal
  }
}
