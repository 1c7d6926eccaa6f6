import CPlatform
import Config
import Sync
import System
import Text

/// `sync`: talks to the servers until a signal ends it, or for one round.
enum SyncCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let arguments: Arguments
    let path: String
    do throws(UsageError) {
      arguments = try Arguments(
        words, flags: ["--once", "--status", "--json"], valued: ["--config"])
      try arguments.noOperand()
      path = try arguments.required("--config")
      if arguments.has("--json") && !arguments.has("--status") {
        throw .optionAlone("--json", needs: "--status")
      }
    } catch {
      throw .usage(error, .sync)
    }
    let configuration = try RunCommand.configuration(path)
    guard let settings = configuration.sync else {
      throw .configuration([
        "\(path): no server to talk to; add [sync] with a registry or an uplink"
      ])
    }
    if arguments.has("--status") {
      return Terminal.write(status(configuration, settings, asJSON: arguments.has("--json")))
    }
    let lock = try lock(configuration)
    defer { withExtendedLifetime(lock) {} }
    let isOnce = arguments.has("--once")
    let process = SyncProcess(configuration, settings, isOnce: isOnce)
    guard isOnce else { return process.run() }
    guard process.runOnce() else { throw Failure(exitCode: 1, lines: []) }
  }

  /// Locks the state folder. Two sync processes would spend one budget twice, and each would
  /// overwrite the state of the other.
  ///
  /// - Returns: nil when sync cannot lock the folder; it goes on without the lock. Also nil when
  ///   the state is in the models folder: other processes need that folder's lock.
  private static func lock(_ configuration: Configuration) throws(Failure) -> FolderLock? {
    let state = configuration.syncState
    guard Files.absolute(state) != Files.absolute(configuration.agent.models) else { return nil }
    do throws(Files.Failure) {
      if let lock = try FolderLock(state) { return lock }
    } catch {
      return nil
    }
    throw .failed("\(state): another edgeagent sync is at work; stop it, or let it do this too")
  }

  // MARK: status

  private static func status(
    _ configuration: Configuration, _ settings: SyncSettings, asJSON: Bool
  ) -> String {
    let state = SyncContext(configuration, settings, cancelDescriptor: -1).state
    var lanes: [(name: String, lane: SyncState.Lane)] = []
    if settings.uplink != nil { lanes.append(("uplink", state.uplink)) }
    if settings.registry != nil { lanes.append(("registry", state.registry)) }
    let recordings = settings.uplink == nil ? nil : state.recordings
    guard !asJSON else { return json(lanes, recordings, state.versions) }
    var text = ""
    for (name, lane) in lanes {
      text += Decimal.left(name, width: 10) + lane.address + "\n"
      text += "          last well " + (lane.doneAt.map(time) ?? "never")
      text += lane.isStopped ? "; stopped by the server\n" : "\n"
      if !lane.fault.isEmpty { text += "          " + lane.fault + "\n" }
      if name == "uplink", let recordings, !recordings.isEmpty {
        text +=
          "          recordings: \(recordings.sent) sent, \(recordings.overBudget) over the budget, "
          + "\(recordings.refused) refused\n"
      }
    }
    for version in state.versions {
      text += Decimal.left("\(version.name)/\(version.version)", width: 32) + version.state + "\n"
    }
    return text
  }

  private static func json(
    _ lanes: [(name: String, lane: SyncState.Lane)], _ recordings: RecordingsState?,
    _ versions: [SyncState.Version]
  ) -> String {
    JSONWriter.text { writer in
      writer.array("servers") { writer in
        for (name, lane) in lanes { writer.object { put(name, lane, into: &$0) } }
      }
      if let recordings {
        writer.object("recordings") { writer in
          writer.member("sent", recordings.sent)
          writer.member("over_budget", recordings.overBudget)
          writer.member("refused", recordings.refused)
        }
      }
      writer.array("models") { writer in
        for version in versions { writer.object { put(version, into: &$0) } }
      }
    } + "\n"
  }

  private static func put(_ name: String, _ lane: SyncState.Lane, into writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("address", lane.address)
    writer.member("stopped", lane.isStopped)
    writer.member("last_well", lane.doneAt.map(time))
    writer.member("fault", lane.fault)
  }

  private static func put(_ version: SyncState.Version, into writer: inout JSONWriter) {
    writer.member("name", version.name)
    writer.member("version", version.version)
    writer.member("state", version.state)
    writer.member("reported", !version.isUntold)
  }

  private static func time(_ seconds: Int64) -> String {
    Timestamp(wallSeconds: seconds).text
  }
}
