import Config
import System
import Text

/// What people may see: what stands, what happened, how often. It changes nothing.
struct ControlReports {
  let agent: String
  let catalog: AlertCatalog
  let board: AlertSnapshots
  /// The folder of the alerts' files.
  let folder: String
  let core: SequenceLock<CoreStatus>
  /// The configuration's pipelines with their models' names.
  let pipelines: [(name: String, model: String)]
  let sensors: SensorSnapshots
  let sensorReports: [SensorReport]
  /// For each sensor the ring of its newest frames.
  let frames: [HistoryRing?]

  // MARK: list

  /// A page of the alerts, in the order of the configuration.
  func list(after first: Int64, at now: Int64) -> ControlAnswer {
    .done(.list) { writer in
      writer.time("time", Clock.wall())
      var index = Int(min(first, Int64(catalog.entries.count)))
      writer.array("alerts") { writer in
        while index < catalog.entries.count, writer.hasRoom(ControlLimits.elementBytesMax) {
          writer.object { put(index, at: now, into: &$0) }
          index += 1
        }
      }
      if index < catalog.entries.count { writer.member("more", index) }
    }
  }

  private func put(_ index: Int, at now: Int64, into writer: inout JSONWriter) {
    let entry = catalog.entries[index]
    writer.member("alert", entry.name)
    writer.member("severity", entry.severity.rawValue)
    writer.member("source", entry.source.cut(toBytes: 256))
    if let level = catalog.level(of: index) { put(level, "level", into: &writer) }
    if let changed = catalog.override(of: index) {
      writer.object("override") { writer in
        writer.member("by", changed.person)
        writer.time("since", changed.wall)
        if let level = catalog.configuredLevel(of: index) {
          put(level, "configured", into: &writer)
        }
      }
    }
    guard let now = board.read(index).map({ ($0, now) }) else {
      return writer.member("state", "unknown")
    }
    put(now.0, entry, at: now.1, into: &writer)
  }

  private func put(
    _ snapshot: AlertSnapshot, _ entry: AlertCatalog.Entry, at now: Int64,
    into writer: inout JSONWriter
  ) {
    writer.member("state", snapshot.state.phase.word)
    writer.member("episode", snapshot.state.episode)
    if snapshot.state.phase != .normal {
      writer.time("since", snapshot.sinceWall)
      writer.member("seconds", max(0, now - snapshot.state.raisedAt) / 1_000_000_000)
      writer.member("repeats", snapshot.state.repeatCount)
    }
    writer.member("value", snapshot.value)
    writer.member("votes", snapshot.votes)
    writer.member("votes_needed", entry.votesNeeded)
    writer.member("votes_of", entry.votesOf)
    if !snapshot.acknowledgedBy.isEmpty {
      snapshot.acknowledgedBy.withBytes { writer.member("acknowledged_by", utf8: $0) }
    }
    writer.array("flags") { writer in
      for (flag, word) in AlertFlags.words where snapshot.state.flags.contains(flag) {
        writer.string(word)
      }
    }
    if snapshot.state.flags.isShelved {
      writer.member("shelf_seconds", max(0, snapshot.state.shelfUntil - now) / 1_000_000_000)
    }
  }

  private func put(_ level: LevelSettings, _ key: String, into writer: inout JSONWriter) {
    writer.object(key) { writer in
      let keys =
        [(level.kind.key, level.low, level.high)]
        + [(level.kind.clearKey, level.clearLow, level.clearHigh)]
      for (key, low, high) in keys {
        if level.kind == .above || level.kind == .below {
          writer.member(key, Float(high))
        } else {
          writer.array(key) { writer in
            writer.number(Float(low))
            writer.number(Float(high))
          }
        }
      }
    }
  }

  // MARK: status

  func status(peers: Int, you: PeerIdentity) -> ControlAnswer {
    let snapshots = catalog.entries.indices.map { board.read($0) ?? AlertSnapshot() }
    func count(_ isMeant: (AlertSnapshot) -> Bool) -> Int { snapshots.count(where: isMeant) }
    return .done(.status) { writer in
      writer.member("agent", agent)
      writer.member("version", SemanticVersion.agent.text)
      writer.time("time", Clock.wall())
      writer.member("alerts", snapshots.count)
      writer.member("standing", count { $0.state.phase != .normal })
      writer.member(
        "unacknowledged", count { $0.state.phase == .unacknowledged || $0.state.phase == .returned }
      )
      writer.member("shelved", count { $0.state.flags.isShelved })
      writer.member("out_of_service", count { $0.state.flags.contains(.outOfService) })
      writer.member("suppressed", count { $0.state.flags.contains(.suppressed) })
      writer.member("overrides", catalog.overrides.count)
      writer.member("peers", peers)
      if let now = core.read() {
        Self.put(now, into: &writer)
        if now.totals.waiting != 0 { put(waiting: now.totals.waiting, into: &writer) }
      }
      writer.array("sensor_list") { writer in
        for index in 0..<min(sensors.count, sensorReports.count)
        where writer.hasRoom(ControlLimits.elementBytesMax) {
          guard let now = sensors.read(index) else { continue }
          writer.object { sensorReports[index].put(now, into: &$0) }
        }
      }
      writer.object("you") { writer in
        writer.member("user", you.userName)
        writer.member("uid", you.user)
        writer.member("may", you.level.word)
      }
    }
  }

  /// One sensor with its latest values and its latest bad frame.
  func sensor(named name: String, at now: Int64) throws(ControlRefusal) -> ControlAnswer {
    let names = sensorReports.map { $0.name }
    guard let index = names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw .unknownSensor(name, known: names)
    }
    guard index < sensors.count, let snapshot = sensors.read(index) else { throw .busy }
    return .done(.sensor) { writer in
      sensorReports[index].put(snapshot, into: &writer)
      sensorReports[index].putLatest(snapshot, at: now, into: &writer)
    }
  }

  /// - Parameter bits: of pipelines without a model yet.
  private func put(waiting bits: UInt32, into writer: inout JSONWriter) {
    writer.array("waiting") { writer in
      for (index, pipeline) in pipelines.enumerated() where bits & 1 << UInt32(index) != 0 {
        writer.object { writer in
          writer.member("pipeline", pipeline.name)
          writer.member("model", pipeline.model)
        }
      }
    }
  }

  private static func put(_ now: CoreStatus, into writer: inout JSONWriter) {
    writer.member("sensors", now.totals.sensors)
    writer.member("live", now.totals.live)
    writer.member("samples", now.totals.samples)
    writer.member("bad_frames", now.totals.badFrames)
    writer.member("over_rate", now.totals.overRate)
    writer.member("windows", now.totals.windows)
    writer.member("late", now.totals.late)
    writer.member("skipped", now.totals.skipped)
    writer.object("stages") { writer in
      for (name, stage) in now.stages {
        writer.key(name)
        writer.object { writer in
          writer.member("count", stage.count)
          writer.member("p50_us", Double(stage.p50) / 1000, decimals: 1)
          writer.member("p99_us", Double(stage.p99) / 1000, decimals: 1)
          writer.member("p999_us", Double(stage.p999) / 1000, decimals: 1)
          writer.member("max_us", Double(stage.max) / 1000, decimals: 1)
        }
      }
    }
  }

  func help() -> ControlAnswer {
    .done(.help) { writer in
      writer.array("actions") { writer in
        for action in ControlAction.allCases {
          writer.object { writer in
            writer.member("do", action.rawValue)
            writer.member("keys", action.keys)
            writer.member("as", action.usage)
            writer.member("needs", action.level.word)
          }
        }
      }
    }
  }

  // MARK: history

  /// - Parameter after: the record where the page before ended.
  func history(alert: String, since: Int64?, after: Int64, wall: Int64) -> ControlAnswer {
    let begin = since.map { max(0, wall) - min($0, max(0, wall)) } ?? 0
    return .done(.history) { writer in
      var last: UInt64 = 0
      var isFull = false
      writer.beginHistory()
      AlertHistory.read(
        folder: folder, name: AlertHistory.name, after: UInt64(max(0, after))
      ) { sequence, record in
        guard case .alert(let saved) = record, saved.wall >= begin,
          alert.isEmpty || saved.name.utf8.elementsEqual(alert.utf8)
        else { return true }
        guard writer.hasRoom(ControlLimits.elementBytesMax) else {
          isFull = true
          return false
        }
        writer.object { saved.put(into: &$0) }
        last = sequence
        return true
      }
      writer.endArray()
      if isFull { writer.member("more", last) }
    }
  }

  // MARK: frames

  /// A page of the frames that came since the page before; none in answer to the first question,
  /// which only says where the next one begins.
  ///
  /// - Parameter after: 0, or `next` of the page before.
  func frames(of sensor: String, after: Int64) throws(ControlRefusal) -> ControlAnswer {
    guard !sensor.isEmpty else { throw .sensorMissing }
    guard let index = sensorReports.firstIndex(where: { $0.name.utf8.elementsEqual(sensor.utf8) })
    else { throw .unknownSensor(sensor, known: sensorReports.map { $0.name }) }
    guard frames.indices.contains(index), let ring = frames[index] else {
      throw .noFrames(sensor: sensor)
    }
    return .done(.record) { writer in
      writer.member("sensor", sensor)
      guard after > 0 else {
        // 0 asks where the frames begin, so a place is told as one more.
        writer.member("at", Clock.boot())
        return writer.member("next", ring.position + 1)
      }
      var isFull = false
      writer.key("frames")
      writer.beginArray()
      let read = ring.read(after: UInt64(after) - 1) { entry in
        writer.object { writer in
          writer.member("at", entry.stamp)
          writer.member("sample", entry.number)
          writer.member("bytes", Base64.text(entry.bytes))
        }
        // A frame as long as the longest, four bytes for three.
        isFull = !writer.hasRoom(ControlLimits.frameBytesMax)
        return !isFull
      }
      writer.endArray()
      writer.member("missed", read.hasMissed)
      writer.member("full", isFull)
      writer.member("next", read.position + 1)
    }
  }

  // MARK: statistics

  func statistics(since: Int64?, wall: Int64) -> ControlAnswer {
    let span = since ?? 24 * 3_600_000_000_000
    var statistics = AlertStatistics(
      from: max(0, wall) - min(span, max(0, wall)), to: wall)
    AlertHistory.read(folder: folder, name: AlertHistory.name) { _, record in
      if case .alert(let saved) = record { statistics.add(saved) }
      return true
    }
    return .done(.stats) { statistics.report().put(into: &$0) }
  }
}

extension JSONWriter {
  fileprivate mutating func beginHistory() {
    key("history")
    beginArray()
  }
}

extension SavedAlert {
  fileprivate func put(into writer: inout JSONWriter) {
    writer.member("alert", name)
    writer.member("event", transition.word)
    writer.time("time", wall)
    writer.member("state", state.phase.word)
    writer.member("episode", state.episode)
    writer.member("value", value)
    writer.member("level", level)
    if !person.isEmpty { writer.member("by", person) }
    if !note.isEmpty { writer.member("note", note) }
  }
}
