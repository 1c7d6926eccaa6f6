import Models

/// Where versions of models come from. Each kind has one file: `FolderRegistry`, `MLflowRegistry`.
/// Another network registry is one more class that does these four things.
package protocol ModelRegistry: AnyObject {
  /// The version that this board should have.
  ///
  /// - Parameter alias: the owner's name for the version (`champion`); nil for the newest version.
  func find(_ name: String, alias: String?) throws(SyncError) -> RegistryVersion

  /// Brings the files of a bundle into a folder that is there already. An earlier try may have left
  /// some of them there. This call verifies only the digests that the registry promised.
  func fetch(_ version: RegistryVersion, into folder: String) throws(SyncError)

  /// Tells the owner in words what the board did with a version: `installed`, `active`,
  /// `refused: …`. A registry that takes no reports does nothing.
  ///
  /// - Parameter state: one line, at most 1,000 bytes.
  func report(_ state: String, of version: RegistryVersion, by agent: String) throws(SyncError)

  /// The place where people look for a bundle. Messages name it instead of the folder in staging.
  func place(_ reference: InstallReference) -> String
}

/// One version as a registry names it.
package struct RegistryVersion: Equatable {
  /// The name and the version that the bundle gives itself, and that its folder on this board has.
  package let reference: InstallReference
  /// Text in the registry's own form that tells one content of a version from another. Reports do
  /// not change it.
  let revision: String
  /// What the owner says there of a trial. It belongs to the moment, and not to the content.
  var trial = TrialWord.unsaid

  /// For a person who pulls it: one who asks for a trial gets it, whatever the registry says.
  package func trialPolicy(isAsked: Bool) -> TrialPolicy {
    trial.policy(isAsked: isAsked, always: isAsked)
  }

  func hasContent(of other: RegistryVersion) -> Bool {
    reference == other.reference && revision.utf8.elementsEqual(other.revision.utf8)
  }
}
