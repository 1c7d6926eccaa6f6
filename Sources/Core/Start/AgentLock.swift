import System

/// Keeps a second agent out of a state folder. Two of them would write over each other's alerts,
/// episodes and records.
enum AgentLock {
  static let name = "agent.lock"

  /// - Returns: nil where the folder takes no file. Alerts need no folder, and what needs one says
  ///   so for itself.
  /// - Throws: `.stateInUse`.
  @export(interface)
  static func take(in folder: String) throws(StartError) -> FileLock? {
    let path = folder + "/" + name
    Files.makeFolder(of: path)
    guard let lock = try? FileLock(path) else { return nil }
    guard lock.take() else { throw .stateInUse(folder: folder) }
    return lock
  }
}
