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
    if hasRecords { return .overTheLink }
    return sendsRecordings ? recordings.task(drain) : .nothing
  }

  var isComplete: Bool { recordings.isComplete }

  @export(interface)
  func run(_ task: SyncTask) throws(SyncError) {
    let drain = try drain()
    guard task == .overTheLink else {
      return try recordings.run(drain, through: nil) { () throws(SyncError) in }
    }
    let client = try context.client(settings.server, interlude: self)
    defer { context.finish(client) }
    let uplink = settings.uplink(client, agent: context.configuration.agent.id)
    let upload = Upload(drain, through: uplink)
    defer { tellSetAside(upload) }
    try upload.run()
    guard sendsRecordings else { return }
    (busyClient, isBlocked) = (client, false)
    defer { busyClient = nil }
    try recordings.run(drain, through: uplink) { () throws(SyncError) in try upload.run() }
    if isBlocked { try upload.run() }
  }

  /// Whether an alert waits in the outbox. This opens the outbox.
  var hasAlert: Bool {
    guard Files.kind(store.path) == .file, let drain = try? drain() else { return false }
    return (try? drain.hasAlert()) ?? false
  }

  private func tellSetAside(_ upload: Upload) {
    guard upload.setAside > 0 else { return }
    Log.write(
      .warning,
      "uplink: \(Decimal.count(Int(upload.setAside), "record")) refused for good; set aside in "
        + "the outbox, see `edgeagent store info`")
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
    let upload = Upload(drain, through: settings.uplink(client, agent: agent))
    defer { tellSetAside(upload) }
    try upload.run(until: { (try? drain.hasAlert()) != true })
  }
}
