import System

/// What a person at the board asked for: `<models>/<name>/ordered` has the version that
/// `models activate` or `models rollback` made the active one. The core does not let such a change
/// wait. The file goes before anything else makes a version the active one.
extension InstalledVersions {
  /// Whether a person made that version the active one.
  package func isOrdered(_ version: String) -> Bool {
    guard Files.kind(orderedPath) == .file, let bytes = try? Files.read(orderedPath, bytesMax: 256)
    else { return false }
    return bytes.elementsEqual(Array("\(version)\n".utf8))
  }

  func order(_ version: String) throws(ModelsError) {
    guard !isOrdered(version) else { return }
    try change { () throws(Files.Failure) in
      try Files.replace(orderedPath, with: Array("\(version)\n".utf8))
    }
  }

  func forgetOrder() throws(ModelsError) {
    guard Files.kind(orderedPath) != .missing else { return }
    try change { () throws(Files.Failure) in try Folders.unlinkFile(orderedPath) }
  }

  private var orderedPath: String { folder + "/" + Self.orderedFile }
}
