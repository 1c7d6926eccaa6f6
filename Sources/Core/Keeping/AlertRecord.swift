import System

/// What one record of the agent's own files says.
enum AlertRecord: Equatable, Sendable {
  case alert(SavedAlert)
  /// The number is the act's alone.
  case act(id: UInt64, StoredAct)
  /// The outcome of the act with that number is known.
  case settled(act: UInt64, isDone: Bool)
  case levels(SavedOverride)
  /// The levels of the configuration hold again.
  case noLevels(condition: String)
  case clock(ClockNote)
  /// The agent stopped as it should: every transition was written.
  case stopped
  case audit(ActAudit)

  private enum Tag: UInt8 { case alert = 1, act, settled, levels, noLevels, clock, stopped, audit }

  static let nameBytesMax = 64
  static let personBytesMax = 63

  var bytes: [UInt8] {
    var writer = RecordWriter()
    switch self {
    case .alert(let alert): Self.put(alert, &writer)
    case .act(let id, let act): Self.put(act, id, &writer)
    case .settled(let act, let isDone):
      writer.put(Tag.settled.rawValue)
      writer.put(act)
      writer.put(UInt8(isDone ? 1 : 0))
    case .levels(let saved): Self.put(saved, &writer)
    case .noLevels(let condition):
      writer.put(Tag.noLevels.rawValue)
      writer.put(condition, bytesMax: Self.nameBytesMax)
    case .clock(let note):
      writer.put(Tag.clock.rawValue)
      writer.put(note.boot, bytesMax: 40)
      writer.put(note.at)
      writer.put(note.wall)
    case .stopped: writer.put(Tag.stopped.rawValue)
    case .audit(let audit):
      writer.put(Tag.audit.rawValue)
      audit.put(into: &writer)
    }
    return writer.bytes
  }

  /// Nil for bytes that are no record of this version.
  init?(_ bytes: ArraySlice<UInt8>) {
    var reader = RecordReader(bytes)
    guard let tag = reader.number(UInt8.self).flatMap({ Tag(rawValue: $0) }),
      let record = Self.read(tag, &reader), reader.isAtEnd
    else { return nil }
    self = record
  }

  private static func read(_ tag: Tag, _ reader: inout RecordReader) -> AlertRecord? {
    switch tag {
    case .alert: return alert(&reader).map { .alert($0) }
    case .act:
      guard let id = reader.number(UInt64.self), let act = act(&reader) else { return nil }
      return .act(id: id, act)
    case .settled:
      guard let act = reader.number(UInt64.self), let done = reader.number(UInt8.self) else {
        return nil
      }
      return .settled(act: act, isDone: done == 1)
    case .levels: return levels(&reader).map { .levels($0) }
    case .noLevels: return reader.text().map { .noLevels(condition: $0) }
    case .clock:
      guard let boot = reader.text(), let at = reader.number(Int64.self),
        let wall = reader.number(Int64.self)
      else { return nil }
      return .clock(ClockNote(boot: boot, at: at, wall: wall))
    case .stopped: return .stopped
    case .audit: return ActAudit(&reader).map { .audit($0) }
    }
  }

  // MARK: an alert

  private static func put(_ alert: SavedAlert, _ writer: inout RecordWriter) {
    writer.put(Tag.alert.rawValue)
    writer.put(alert.name, bytesMax: nameBytesMax)
    writer.put(alert.transition.rawValue)
    put(alert.state, &writer)
    for number in [alert.at, alert.wall, alert.sinceWall] { writer.put(number) }
    writer.put(alert.value)
    writer.put(alert.level)
    writer.put(alert.person, bytesMax: personBytesMax)
    writer.put(alert.acknowledgedBy, bytesMax: personBytesMax)
    writer.put(alert.note, bytesMax: AlertKeepingLimits.noteBytesMax)
  }

  private static func alert(_ reader: inout RecordReader) -> SavedAlert? {
    guard let name = reader.text(),
      let transition = reader.number(UInt8.self).flatMap({ AlertTransition(rawValue: $0) }),
      let state = state(&reader),
      let numbers = numbers(3, &reader), let value = reader.float(), let level = reader.float(),
      let person = reader.text(), let acknowledgedBy = reader.text(), let note = reader.text()
    else { return nil }
    var alert = SavedAlert(name: name)
    (alert.transition, alert.state) = (transition, state)
    (alert.at, alert.wall, alert.sinceWall) = (numbers[0], numbers[1], numbers[2])
    (alert.value, alert.level) = (value, level)
    (alert.person, alert.acknowledgedBy, alert.note) = (person, acknowledgedBy, note)
    return alert
  }

  private static func put(_ state: AlertMachine.State, _ writer: inout RecordWriter) {
    writer.put(state.phase.rawValue)
    writer.put(state.flags.rawValue)
    // Bit 0: confirmed; bit 1: the condition of the last episode is over.
    writer.put(UInt8((state.isConfirmed ? 1 : 0) | (state.clearedAt == nil ? 0 : 2)))
    writer.put(state.repeatCount)
    for number in [
      state.episode, state.episodeFloor, state.since, state.raisedAt, state.clearedAt ?? 0,
      state.calledAt, state.waitingSince, state.shelfUntil, state.silenceUntil,
    ] { writer.put(number) }
  }

  private static func state(_ reader: inout RecordReader) -> AlertMachine.State? {
    guard let phase = reader.number(UInt8.self).flatMap({ AlertPhase(rawValue: $0) }),
      let flags = reader.number(UInt8.self), let bits = reader.number(UInt8.self),
      let repeats = reader.number(Int32.self), let numbers = numbers(9, &reader)
    else { return nil }
    return AlertMachine.State(
      phase: phase, flags: AlertFlags(rawValue: flags), episode: numbers[0],
      episodeFloor: numbers[1], repeatCount: repeats, isConfirmed: bits & 1 == 1,
      since: numbers[2], raisedAt: numbers[3], clearedAt: bits & 2 == 2 ? numbers[4] : nil,
      calledAt: numbers[5], waitingSince: numbers[6], shelfUntil: numbers[7],
      silenceUntil: numbers[8])
  }

  private static func numbers(_ count: Int, _ reader: inout RecordReader) -> [Int64]? {
    var numbers: [Int64] = []
    for _ in 0..<count {
      guard let number = reader.number(Int64.self) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  // MARK: an act

  private static func put(_ act: StoredAct, _ id: UInt64, _ writer: inout RecordWriter) {
    writer.put(Tag.act.rawValue)
    writer.put(id)
    let (code, number) = act.kind.coded
    writer.put(code)
    writer.put(number)
    writer.put(act.name, bytesMax: nameBytesMax)
    writer.put(act.person, bytesMax: personBytesMax)
    writer.put(act.note, bytesMax: AlertKeepingLimits.noteBytesMax)
    writer.put(act.at)
    writer.put(act.wall)
  }

  private static func act(_ reader: inout RecordReader) -> StoredAct? {
    guard let code = reader.number(UInt8.self), let number = reader.number(Int64.self),
      let kind = AlertAct(code, number), let name = reader.text(),
      let person = reader.text(), let note = reader.text(), let at = reader.number(Int64.self),
      let wall = reader.number(Int64.self)
    else { return nil }
    return StoredAct(kind: kind, name: name, person: person, note: note, at: at, wall: wall)
  }

  // MARK: levels

  private static func put(_ saved: SavedOverride, _ writer: inout RecordWriter) {
    writer.put(Tag.levels.rawValue)
    writer.put(saved.condition, bytesMax: nameBytesMax)
    writer.put(saved.kind)
    writer.put(saved.levels.low)
    writer.put(saved.levels.high)
    writer.put(saved.levels.clearLow)
    writer.put(saved.levels.clearHigh)
    writer.put(saved.person, bytesMax: personBytesMax)
    writer.put(saved.wall)
    writer.put(saved.source)
  }

  private static func levels(_ reader: inout RecordReader) -> SavedOverride? {
    guard let condition = reader.text(), let kind = reader.number(UInt8.self),
      let low = reader.float(), let high = reader.float(), let clearLow = reader.float(),
      let clearHigh = reader.float(), let person = reader.text(),
      let wall = reader.number(Int64.self), let source = reader.number(UInt64.self)
    else { return nil }
    let levels = LevelOverride(low: low, high: high, clearLow: clearLow, clearHigh: clearHigh)
    return SavedOverride(
      condition: condition, kind: kind, source: source, levels: levels, person: person, wall: wall)
  }
}

extension AlertRecord {
  /// The highest number of an episode of each alert, by name, among all records that are sound.
  static func episodes(inFile path: String) -> [String: Int64] {
    var numbers: [String: Int64] = [:]
    RecordStream.read(path) { _, payload in
      guard case .alert(let alert)? = AlertRecord(payload) else { return true }
      let number = max(alert.state.episode, alert.state.episodeFloor)
      numbers[alert.name] = max(numbers[alert.name] ?? 0, number)
      return true
    }
    return numbers
  }
}

extension AlertAct {
  fileprivate var coded: (UInt8, Int64) {
    switch self {
    case .acknowledge(let episode): (1, episode)
    case .confirm(let episode): (2, episode)
    case .reset(let episode): (3, episode)
    case .shelve(let until): (4, until)
    case .shelveOnce(let until): (5, until)
    case .unshelve: (6, 0)
    case .service(let isOut): (7, isOut ? 1 : 0)
    case .silence(let until): (8, until)
    case .drill: (9, 0)
    }
  }

  fileprivate init?(_ code: UInt8, _ number: Int64) {
    switch code {
    case 1: self = .acknowledge(episode: number)
    case 2: self = .confirm(episode: number)
    case 3: self = .reset(episode: number)
    case 4: self = .shelve(until: number)
    case 5: self = .shelveOnce(until: number)
    case 6: self = .unshelve
    case 7: self = .service(isOut: number == 1)
    case 8: self = .silence(until: number)
    case 9: self = .drill
    default: return nil
    }
  }
}
