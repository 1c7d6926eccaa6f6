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
      let status = SyncStatus(configuration, settings)
      Terminal.write(arguments.has("--json") ? status.json : status.text)
      guard status.isWell else { throw Failure(exitCode: 1, lines: []) }
      return
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
}
