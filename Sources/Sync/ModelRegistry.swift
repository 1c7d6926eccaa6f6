import Models

/// Where versions of models come from. One file a kind: `FolderRegistry`, `MLflowRegistry`; another
/// network registry is one more class that does these three things.
package protocol ModelRegistry: AnyObject {
  /// The version that this board should have.
  ///
  /// - Parameter alias: what the owner calls it (`champion`); nil for the newest.
  func find(_ name: String, alias: String?) throws(SyncError) -> RegistryVersion

  /// Brings the files of a bundle into a folder that is there already, perhaps with a part of them
  /// from an earlier try. It verifies only the digests that the registry promised.
  func fetch(_ version: RegistryVersion, into folder: String) throws(SyncError)

  /// Tells the owner how the board fared with a version, in words: `installed`, `active`,
  /// `refused: …`. A registry that takes no reports does nothing.
  ///
  /// - Parameter state: one line, at most 1,000 bytes.
  func report(_ state: String, of version: RegistryVersion, by agent: String) throws(SyncError)

  /// Where people look for a bundle: messages call its folder on this board so.
  func place(_ reference: InstallReference) -> String
}

/// One version as a registry names it.
package struct RegistryVersion: Equatable {
  /// What the bundle calls itself, and its folder on this board.
  package let reference: InstallReference
  /// What tells one content from another, in the registry's own terms; reports do not change it.
  let revision: String
}
