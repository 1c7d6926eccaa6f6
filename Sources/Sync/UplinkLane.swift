import Config
import Store
import System
import Text

/// Sends the records that wait in the outbox, the weightiest first, and deletes those that the
/// server has.
final class UplinkLane: SyncLane {
  private let context: SyncContext
  private let settings: UplinkSettings
  private let store: StoreSettings

  init(_ context: SyncContext, _ settings: UplinkSettings, _ store: StoreSettings) {
    (self.context, self.settings, self.store) = (context, settings, store)
  }

  /// A board whose core has not started yet has nothing to send. When the lane cannot read the
  /// outbox, there is a round, which tells the fault.
  var task: SyncTask {
    guard Files.kind(store.path) == .file else { return .nothing }
    guard let drain = try? drain(), let hasRecords = try? drain.hasRecords() else {
      return .overTheLink
    }
    return hasRecords ? .overTheLink : .nothing
  }

  @export(interface)
  func run() throws(SyncError) {
    let drain = try drain()
    let client = try context.client(settings.server)
    defer { context.finish(client) }
    let agent = context.configuration.agent.id
    let upload = Upload(drain, through: settings.uplink(client, agent: agent))
    defer {
      if upload.setAside > 0 {
        Log.write(
          .warning,
          "uplink: \(Decimal.count(Int(upload.setAside), "record")) refused for good; set aside in "
            + "the outbox, see `edgeagent store info`")
      }
    }
    try upload.run()
  }

  /// Whether an alert waits in the outbox. This opens the outbox.
  var hasAlert: Bool {
    guard Files.kind(store.path) == .file, let drain = try? drain() else { return false }
    return (try? drain.hasAlert()) ?? false
  }

  private func drain() throws(SyncError) -> OutboxDrain {
    do throws(OutboxError) {
      return try OutboxDrain(store.path)
    } catch {
      throw .store(path: store.path, error)
    }
  }
}
