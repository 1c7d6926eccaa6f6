import Config
import System
import Text

/// Carries out what peers ask: reads the request, looks whether this peer may, has the act written
/// down, gives the order to the hot thread, and says what became of it. On the control thread; it
/// waits for the disk and for the hot thread, for two seconds each at most.
///
/// Every act is in the audit, refused ones too; of a user who is refused all the time it has some.
final class ControlDesk {
  private let catalog: AlertCatalog
  private let board: AlertSnapshots
  private let reports: ControlReports
  private let errands: ControlErrands
  private let ranges: LevelRanges
  private var refusals = RateMeter<UInt32>(
    perSecond: ControlLimits.refusalsPerSecond, capacity: ControlLimits.refusalsAtOnce,
    keysMax: ControlLimits.usersMax)
  private var logMeter = LogMeter()

  init(
    _ configuration: Configuration, board: AlertSnapshots, queue: ControlQueue, keeper: AlertKeeper,
    heartbeat: Heartbeat = Heartbeat(),
    status: SequenceLock<CoreStatus> = SequenceLock(CoreStatus()),
    sensors: SensorSnapshots = SensorSnapshots(count: 0),
    ranges: LevelRanges = LevelRanges(), frames: [HistoryRing?] = []
  ) {
    self.ranges = ranges
    catalog = AlertCatalog(configuration, overrides: keeper.overrides)
    self.board = board
    reports = ControlReports(
      agent: configuration.agent.id, catalog: catalog, board: board, folder: keeper.folder,
      core: status, pipelines: configuration.pipelines.map { ($0.name, $0.model.name) },
      sensors: sensors,
      sensorReports: configuration.sensors.map { SensorReport($0) }, frames: frames)
    errands = ControlErrands(queue: queue, keeper: keeper.queue, heartbeat: heartbeat)
  }

  /// Answers one line, without its LF.
  func answer(
    _ line: UnsafeRawBufferPointer, from peer: PeerIdentity, peers: Int = 1
  ) -> ControlAnswer {
    errands.settleLate()
    let request: ControlRequest
    do throws(ControlRefusal) {
      request = try ControlRequest(line)
    } catch {
      if let action = ControlAction(rawValue: ControlRequest.word(of: line)) {
        audit(action, nil, peer, error)
      }
      return .refused(error)
    }
    do throws(ControlRefusal) {
      guard peer.level >= request.action.level else {
        throw .notAllowed(request.action, has: peer.level)
      }
      let answer = try carryOut(request, peer, peers)
      audit(request.action, request, peer, nil)
      return answer
    } catch {
      audit(request.action, request, peer, error)
      return .refused(error)
    }
  }

  /// Takes the answers that came too late; called now and then, also where nobody asks.
  func settle() {
    errands.settleLate()
    for text in logMeter.summaries(at: Clock.boot()) { Log.write(.warning, text) }
  }

  private func audit(
    _ action: ControlAction, _ request: ControlRequest?, _ peer: PeerIdentity,
    _ refusal: ControlRefusal?
  ) {
    guard action.isAct, refusal == nil || admitsRefusal(of: peer) else { return }
    errands.audit(
      ActAudit(
        action: action.rawValue, alert: (request?.alert ?? "").cut(toBytes: 64),
        user: peer.userName, userNumber: peer.user, process: peer.process, program: peer.program,
        by: (request?.by ?? "").cut(toBytes: AlertRecord.personBytesMax),
        note: request.map(Self.note) ?? "",
        refusal: (refusal?.message ?? "").cut(toBytes: 120), at: Clock.boot(), wall: Clock.wall()))
  }

  /// A user who is refused all the time must not push the acts of others out of the audit and the
  /// log, on however many connections.
  private func admitsRefusal(of peer: PeerIdentity) -> Bool {
    let now = Clock.boot()
    if refusals.admits(peer.user, at: now) { return true }
    if logMeter.admits("refused acts", of: "control", at: now) {
      Log.write(
        .warning,
        "control: \(peer.userName) (uid \(peer.user)) is refused too often; the audit leaves "
          + "out some of these acts")
    }
    return false
  }

  /// What exactly was asked, and then what the person wrote.
  private static func note(_ request: ControlRequest) -> String {
    var text = detail(request)
    if !text.isEmpty, !request.note.isEmpty { text += ": " }
    text += request.note
    return text.cut(toBytes: AlertKeepingLimits.noteBytesMax)
  }

  private static func detail(_ request: ControlRequest) -> String {
    let time = request.forNanoseconds.map { DurationText.text(nanoseconds: $0) } ?? ""
    switch request.action {
    case .set:
      return request.level + request.to.map { " \(Float($0))" }.joined()
    case .shelve: return request.isOnce ? "once, \(time) at most" : "for \(time)"
    case .pause: return "for \(time)"
    case .service: return request.isOn == true ? "back in service" : "out of service"
    case .help, .list, .status, .stats, .history, .ack, .confirm, .reset, .unshelve, .drill,
      .unset, .record, .sensor:
      return ""
    }
  }

  private func carryOut(
    _ request: ControlRequest, _ peer: PeerIdentity, _ peers: Int
  ) throws(ControlRefusal) -> ControlAnswer {
    switch request.action {
    case .help: return reports.help()
    case .list: return reports.list(after: request.after, at: Clock.boot())
    case .status: return reports.status(peers: peers, you: peer)
    case .sensor: return try reports.sensor(named: request.sensor, at: Clock.boot())
    case .stats: return reports.statistics(since: request.sinceNanoseconds, wall: Clock.wall())
    case .record: return try reports.frames(of: request.sensor, after: request.after)
    case .history:
      if !request.alert.isEmpty { _ = try index(request) }
      return reports.history(
        alert: request.alert, since: request.sinceNanoseconds, after: request.after,
        wall: Clock.wall())
    case .ack where request.alert.utf8.elementsEqual("all".utf8):
      return try acknowledgeAll(request, peer)
    case .pause: return try pause(request, peer)
    case .set, .unset: return try setLevel(request, peer)
    case .ack, .confirm, .reset, .shelve, .unshelve, .service, .drill:
      return try act(request, peer)
    }
  }

  // MARK: acts on one alert

  private func index(_ request: ControlRequest) throws(ControlRefusal) -> Int {
    guard !request.alert.isEmpty else { throw .alertMissing(request.action) }
    guard let index = catalog.index(named: request.alert) else {
      throw .unknownAlert(request.alert, nearest: catalog.nearest(to: request.alert))
    }
    return index
  }

  private func act(
    _ request: ControlRequest, _ peer: PeerIdentity
  ) throws(ControlRefusal) -> ControlAnswer {
    let index = try index(request)
    let kind = try kind(request, index)
    let result = try errands.run(
      [stored(kind, catalog.entries[index].name, request, peer)], of: [index],
      person: Self.person(request, peer), isLoud: request.action.isLoud)
    if let why = result.outcomes[0].answer.refusal { throw .order(why, alert: request.alert) }
    return .done(request.action) { writer in
      writer.member("alert", request.alert)
      writer.member("episode", result.outcomes[0].episode)
      Self.put(result, into: &writer)
    }
  }

  private static func put(_ result: ControlErrands.Result, into writer: inout JSONWriter) {
    writer.member("kept", result.fault.isEmpty)
    guard !result.fault.isEmpty else { return }
    writer.member("warning", "not written down: \(result.fault); after a restart it rings again")
  }

  private func kind(
    _ request: ControlRequest, _ index: Int
  ) throws(ControlRefusal) -> AlertAct {
    switch request.action {
    case .ack: return .acknowledge(episode: try episode(request, index))
    case .confirm: return .confirm(episode: try episode(request, index))
    case .reset: return .reset(episode: try episode(request, index))
    case .shelve:
      guard !request.note.isEmpty else { throw .reasonMissing(.shelve) }
      let until = try until(request, AlertKeepingLimits.shelfNanosecondsMax)
      return request.isOnce ? .shelveOnce(until: until) : .shelve(until: until)
    case .unshelve: return .unshelve
    case .service:
      guard let isOn = request.isOn else { throw .stateMissing }
      guard !request.note.isEmpty else { throw .reasonMissing(.service) }
      return .service(isOut: !isOn)
    default: return .drill
    }
  }

  /// The episode that the person means: an act must not hit one that nobody has seen.
  private func episode(
    _ request: ControlRequest, _ index: Int
  ) throws(ControlRefusal) -> Int64 {
    guard let now = board.read(index)?.state else { throw .busy }
    guard now.stands else { throw .order(.notStanding, alert: request.alert) }
    guard request.episode == 0 || request.episode == now.episode else {
      throw .order(.wrongEpisode(standing: now.episode), alert: request.alert)
    }
    return now.episode
  }

  private func until(
    _ request: ControlRequest, _ longest: Int64
  ) throws(ControlRefusal) -> Int64 {
    guard let duration = request.forNanoseconds else { throw .durationMissing(request.action) }
    guard duration <= longest else { throw .tooLong(request.action, nanosecondsMax: longest) }
    return Clock.boot() + duration
  }

  private func stored(
    _ kind: AlertAct, _ name: String, _ request: ControlRequest, _ peer: PeerIdentity
  ) -> StoredAct {
    StoredAct(
      kind: kind, name: name, person: Self.person(request, peer).text,
      note: request.note.cut(toBytes: AlertKeepingLimits.noteBytesMax), at: Clock.boot(),
      wall: Clock.wall())
  }

  /// As outputs name it: the user whom the kernel knows, and who the person says it is.
  private static func person(_ request: ControlRequest, _ peer: PeerIdentity) -> PersonName {
    PersonName(request.by.isEmpty ? peer.userName : "\(peer.userName) (\(request.by))")
  }

  // MARK: acts on all alerts

  private func acknowledgeAll(
    _ request: ControlRequest, _ peer: PeerIdentity
  ) throws(ControlRefusal) -> ControlAnswer {
    var (acts, indices) = ([StoredAct](), [Int]())
    for (index, entry) in catalog.entries.enumerated() {
      guard let now = board.read(index)?.state else { throw .busy }
      guard now.phase == .unacknowledged || now.phase == .returned else { continue }
      acts.append(stored(.acknowledge(episode: now.episode), entry.name, request, peer))
      indices.append(index)
    }
    guard !acts.isEmpty else { throw .nothingStands }
    let result = try errands.run(
      acts, of: indices, person: Self.person(request, peer), isLoud: true)
    return .done(.ack) { writer in
      writer.array("alerts") { writer in
        for (place, answer) in result.outcomes.enumerated() {
          writer.object { writer in
            writer.member("alert", catalog.entries[indices[place]].name)
            writer.member("episode", answer.episode)
            if let why = answer.answer.refusal { writer.member("refused", why.message) }
          }
        }
      }
      Self.put(result, into: &writer)
    }
  }

  private func pause(
    _ request: ControlRequest, _ peer: PeerIdentity
  ) throws(ControlRefusal) -> ControlAnswer {
    let until = try until(request, AlertKeepingLimits.pauseNanosecondsMax)
    let result = try errands.run(
      [stored(.silence(until: until), "", request, peer)], of: [-1],
      person: Self.person(request, peer), isLoud: true)
    if let why = result.outcomes[0].answer.refusal { throw .order(why, alert: "all") }
    return .done(.pause) { writer in
      writer.member("seconds", (until - Clock.boot()) / 1_000_000_000 + 1)
      Self.put(result, into: &writer)
    }
  }

  // MARK: levels

  private func setLevel(
    _ request: ControlRequest, _ peer: PeerIdentity
  ) throws(ControlRefusal) -> ControlAnswer {
    let index = try index(request)
    guard let level = catalog.level(of: index), let source = catalog.source(of: index)
    else { throw .noLevel(alert: request.alert) }
    let condition = catalog.conditionName(of: index)
    let before = catalog.override(of: index)
    let told = Self.record(before, condition)
    var saved: SavedOverride?
    if request.action == .set {
      let changed = try LevelChange.apply(
        request.level, request.to, to: level, isShare: source.span == .share,
        within: ranges.range(of: source))
      saved = SavedOverride(
        condition: condition, kind: level.kind.code, source: source.mark, levels: changed.override,
        person: Self.person(request, peer).text, wall: Clock.wall())
    } else if before == nil {
      throw .notSet(alert: request.alert)
    }
    try errands.keep(Self.record(saved, condition), of: condition, told: told)
    if let saved { catalog.set(saved) } else { catalog.unset(condition) }
    try errands.order(
      .setLevels(saved?.levels), of: index, person: Self.person(request, peer))
    return .done(request.action) { writer in
      writer.member("alert", request.alert)
      writer.array("alerts") { writer in
        for sharer in catalog.sharers(of: index) { writer.string(catalog.entries[sharer].name) }
      }
      writer.member("kept", true)
    }
  }

  private static func record(_ saved: SavedOverride?, _ condition: String) -> AlertRecord {
    saved.map { .levels($0) } ?? .noLevels(condition: condition)
  }
}

extension ControlAction {
  /// What it hides is heard again after a restart that does not know of it: it is done also where
  /// the disk takes nothing. A siren must be silenced with a broken disk, too.
  fileprivate var isLoud: Bool {
    switch self {
    case .ack, .confirm, .reset, .pause, .drill, .unshelve: true
    default: false
    }
  }
}
