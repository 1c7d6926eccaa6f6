import System

extension FolderLock {
  /// Does something while no other process changes the models folder.
  ///
  /// - Returns: false, with nothing done, while another process changes it, or where there is no
  ///   such folder.
  package static func holding(
    _ folder: String, _ step: () throws(ModelsError) -> Void
  ) throws(ModelsError) -> Bool {
    guard let lock = try? FolderLock(folder) else { return false }
    defer { withExtendedLifetime(lock) {} }
    try step()
    return true
  }
}
