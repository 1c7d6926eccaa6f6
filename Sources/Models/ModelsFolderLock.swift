import System

extension FolderLock {
  /// Does a step while this process holds the models folder's lock.
  ///
  /// - Returns: false when another process holds the lock, or where there is no such folder. Then
  ///   the step is not done.
  package static func holding(
    _ folder: String, _ step: () throws(ModelsError) -> Void
  ) throws(ModelsError) -> Bool {
    guard let lock = try? FolderLock(folder) else { return false }
    defer { withExtendedLifetime(lock) {} }
    try step()
    return true
  }
}
