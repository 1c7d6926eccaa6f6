import Config
import Store
import Sync
import System
import Text

/// What `sync --status` says: how each server is, when sync asks it next, and what waits.
struct SyncStatus {
  private struct Server {
    let name: String
    let lane: SyncState.Lane
    let outlook: SyncState.Outlook
  }

  private let state: SyncState
  private let servers: [Server]
  private let intervalNanoseconds: Int64
  /// Nil without an uplink.
  private var waiting: Waiting?

  /// What the outbox holds for the uplink.
  private enum Waiting {
    case records(Int64)
    /// There is no outbox yet.
    case none
    case unknown(String)
  }

  init(_ configuration: Configuration, _ settings: SyncSettings) {
    state = SyncContext(configuration, settings, cancelDescriptor: -1).state
    intervalNanoseconds = settings.intervalNanoseconds
    var servers: [Server] = []
    func add(_ name: String, _ lane: SyncState.Lane) {
      servers.append(Server(name: name, lane: lane, outlook: SyncState.Outlook(lane)))
    }
    if settings.uplink != nil { add("uplink", state.uplink) }
    if settings.registry != nil { add("registry", state.registry) }
    self.servers = servers
    if settings.uplink != nil, let store = configuration.store {
      waiting = Self.waiting(store.path)
    }
  }

  private static func waiting(_ path: String) -> Waiting {
    guard Files.kind(path) == .file else { return .none }
    do throws(OutboxError) {
      return .records(try OutboxDoor.drain(path).count())
    } catch {
      return .unknown(error.message)
    }
  }

  /// False when a server has said 410, or has been in trouble for longer than the interval.
  var isWell: Bool {
    servers.allSatisfy {
      !$0.lane.isStopped && !$0.outlook.isBeyond(intervalNanoseconds: intervalNanoseconds)
    }
  }

  var text: String {
    var text = ""
    for server in servers {
      text += Decimal.left(server.name, width: 10) + server.lane.address + "\n"
      for line in lines(server) { text += "          " + line + "\n" }
    }
    for version in state.versions {
      text += Decimal.left("\(version.name)/\(version.version)", width: 32) + version.state + "\n"
    }
    return text
  }

  private func lines(_ server: Server) -> [String] {
    let (lane, outlook) = (server.lane, server.outlook)
    var lines = ["last well " + (lane.doneAt.map(Self.time) ?? "never")]
    if lane.isStopped { lines[0] += "; stopped by the server" }
    if !lane.fault.isEmpty { lines.append(lane.fault) }
    if let seconds = outlook.unwellSeconds { lines.append("for \(seconds) s at least") }
    if let seconds = outlook.nextSeconds {
      lines.append("next try in \(seconds) s")
    } else if !lane.isStopped {
      let most = outlook.nextSecondsMax(intervalNanoseconds: intervalNanoseconds)
      lines.append("next try within \(most) s, while sync runs")
    }
    guard server.name == "uplink" else { return lines }
    switch waiting {
    case .records(let count)?:
      let refused = state.upload.refused.count
      lines.append(
        "waiting: \(Decimal.count(Int(count), "record"))"
          + (refused > 0 ? ", \(refused) of which the server refuses" : ""))
    case .unknown(let reason)?: lines.append("waiting: unknown: " + reason)
    case Waiting.none?, nil: break
    }
    let recordings = state.recordings
    if !recordings.isEmpty {
      lines.append(
        "recordings: \(recordings.sent) sent, \(recordings.overBudget) over the budget, "
          + "\(recordings.refused) refused")
    }
    return lines
  }

  var json: String {
    JSONWriter.text { writer in
      writer.member("well", isWell)
      writer.array("servers") { writer in
        for server in servers { writer.object { put(server, into: &$0) } }
      }
      if let waiting {
        writer.member("waiting", Self.count(waiting))
        writer.member("refused", state.upload.refused.count)
        writer.object("recordings") { writer in
          writer.member("sent", state.recordings.sent)
          writer.member("over_budget", state.recordings.overBudget)
          writer.member("refused", state.recordings.refused)
        }
      }
      writer.array("models") { writer in
        for version in state.versions { writer.object { put(version, into: &$0) } }
      }
    } + "\n"
  }

  /// Nil where nobody knows.
  private static func count(_ waiting: Waiting) -> Int64? {
    switch waiting {
    case .records(let count): count
    case .none: 0
    case .unknown: nil
    }
  }

  private func put(_ server: Server, into writer: inout JSONWriter) {
    writer.member("name", server.name)
    writer.member("address", server.lane.address)
    writer.member("stopped", server.lane.isStopped)
    writer.member("last_well", server.lane.doneAt.map(Self.time))
    writer.member("fault", server.lane.fault)
    writer.member("unwell_s", server.outlook.unwellSeconds)
    writer.member("next_in_s", server.outlook.nextSeconds)
  }

  private func put(_ version: SyncState.Version, into writer: inout JSONWriter) {
    writer.member("name", version.name)
    writer.member("version", version.version)
    writer.member("state", version.state)
    writer.member("reported", !version.isUntold)
  }

  private static func time(_ seconds: Int64) -> String {
    var text = ""
    Timestamp(wallNanoseconds: seconds * 1_000_000_000).withBytes {
      text = String(decoding: $0, as: UTF8.self)
    }
    return text
  }
}
