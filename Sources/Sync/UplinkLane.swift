import Config
import Store
import System
import Text

/// Sends the records that wait in the outbox, the weightiest first, and deletes those that the
/// server has. Then it sends the recordings of alerts.
final class UplinkLane: SyncLane {
  private let context: SyncContext
  private let settings: UplinkSettings
  private let store: StoreSettings
  private let recordings: RecordingUpload
  /// False while a model is on its way: records alone go beside it.
  var sendsRecordings = true
  /// While recordings are sent.
  private var busyClient: HTTPClient?
  /// An alert waits, and a connection beside the recording's was tried in vain: the recording gives
  /// way.
  private var isBlocked = false

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    (self.context, self.settings, self.store) = (context, settings, store)
    recordings = RecordingUpload(context)
  }

  /// A board whose core has not started yet has nothing to send. When the lane cannot read the
  /// outbox, there is a round, which tells the fault.
  var task: SyncTask {
    guard Files.kind(store.path) == .file else { return .nothing }
    guard let drain = try? drain(), let hasRecords = try? drain.hasRecords() else {
      return .overTheLink
    }
    let isStopped = context.state.uplink.isStopped
    if hasRecords, waits(in: drain, alertsOnly: isStopped) { return .overTheLink }
    if isStopped { return .nothing }
    return sendsRecordings ? recordings.task(drain) : .nothing
  }

  var isComplete: Bool { recordings.isComplete && !hasRefusals }

  private(set) var hasDelivered = false
  /// The server refused a record in the last round that another one sends again.
  private var hasRefusals = false

  /// Whether a record waits whose time has come. Those that the server refused rest for a while.
  private func waits(in drain: any OutboxDrain, alertsOnly: Bool) -> Bool {
    context.state.upload.refused.follow(drain.epoch)
    let resting = context.state.upload.refused.resting(at: .now)
    guard alertsOnly || !resting.isEmpty else { return true }
    guard let next = try? drain.next(max: 1, passingOver: resting) else { return true }
    guard let first = next.first else { return false }
    return !alertsOnly || first.kind >= RecordKind.alert.rawValue
  }

  @export(interface)
  func run(_ task: SyncTask) throws(SyncError) {
    (hasDelivered, hasRefusals) = (false, false)
    let drain = try drain()
    guard task == .overTheLink else {
      return try recordings.run(drain, through: nil) { () throws(SyncError) in }
    }
    let client = try context.client(settings.server, interlude: self)
    defer { context.finish(client) }
    let uplink = settings.uplink(client, agent: context.configuration.agent.id)
    // After 410 the server wants no results. Whether it takes an alert is worth a request.
    let isStopped = context.state.uplink.isStopped
    try send(drain, through: uplink, alertsOnly: isStopped)
    guard sendsRecordings, !isStopped else { return }
    (busyClient, isBlocked) = (client, false)
    defer { busyClient = nil }
    try recordings.run(drain, through: uplink) { () throws(SyncError) in
      try send(drain, through: uplink, alertsOnly: false)
    }
    if isBlocked { try send(drain, through: uplink, alertsOnly: false) }
  }

  /// Whether an alert waits in the outbox that the server has not refused. This opens the outbox.
  var hasAlert: Bool {
    guard Files.kind(store.path) == .file, let drain = try? drain() else { return false }
    guard (try? drain.hasAlert()) ?? false else { return false }
    let refused = context.state.upload.refused
    guard refused.epoch.utf8.elementsEqual(drain.epoch.utf8), !refused.entries.isEmpty else {
      return true
    }
    guard let first = try? drain.next(max: 1, passingOver: refused.passedOver).first else {
      return false
    }
    return first.kind >= RecordKind.alert.rawValue
  }

  private func send(
    _ drain: any OutboxDrain, through uplink: any Uplink, alertsOnly: Bool
  ) throws(SyncError) {
    let pauses = SyncLimits.refusalPauseMilliseconds
    let interval = context.settings.intervalNanoseconds / 1_000_000
    let upload = Upload(
      drain, through: uplink, memory: context.state.upload,
      kindMin: alertsOnly ? RecordKind.alert.rawValue : .min,
      pause: min(max(interval, pauses.lowerBound), pauses.upperBound) * 1_000_000)
    defer {
      context.state.upload = upload.memory
      if upload.sent > 0 { hasDelivered = true }
      tell(upload)
    }
    try upload.run()
  }

  private func tell(_ upload: Upload) {
    if upload.setAside > 0 {
      Log.write(
        .warning,
        "uplink: \(Decimal.count(Int(upload.setAside), "record")) refused for good; set aside in "
          + "the outbox, see `edgeagent store info`")
    }
    if let refusal = upload.lastRefusal {
      hasRefusals = true
      context.complain(
        of: "uplink: refused",
        refusal.lines + [
          "the server takes other records; this one is tried again, "
            + "\(SyncLimits.refusalsMax) times in an hour, and then set aside"
        ])
    }
  }

  private func drain() throws(SyncError) -> any OutboxDrain {
    do throws(OutboxError) {
      return try OutboxDoor.drain(store.path)
    } catch {
      throw .store(path: store.path, error)
    }
  }
}

/// Over a slow link a recording takes a minute. An alert that comes meanwhile goes beside it, over
/// a connection of its own.
extension UplinkLane: Interlude {
  func step() {
    guard recordings.isUnderWay, let busyClient, !isBlocked, hasAlert else { return }
    // The bytes of alerts are none of recordings.
    let allowance = context.meter.allowance
    context.meter.allowance = .max
    defer { context.meter.allowance = allowance }
    do throws(SyncError) {
      try sendAlerts(busyClient.beside(within: SyncLimits.besideMilliseconds))
    } catch {
      isBlocked = true
    }
  }

  var endsWaiting: Bool { recordings.isUnderWay && isBlocked }

  private func sendAlerts(_ client: HTTPClient) throws(SyncError) {
    let drain = try drain()
    defer { context.finish(client) }
    let agent = context.configuration.agent.id
    try send(drain, through: settings.uplink(client, agent: agent), alertsOnly: true)
  }
}
