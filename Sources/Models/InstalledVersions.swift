import Config
import System

/// The versions of one model on this board, and which of them scores.
///
///     <models>/fall/1/…
///                   2/…
///                   active     → 2    a reference "fall" means this version
///                   previous   → 1    `rollback` goes to this version
///                   candidate  → 3    this version is on trial beside the active one
///                   trials/3          the verdict of its trial
///                   proven            versions that were active: they need no trial
///                   ordered           a person made this version the active one
///                   pinned            no pull and no rollback moves `active`
///                   starts            starts of the active version that have not gone well yet
///
/// The agent replaces a link or a file by one rename, and waits for the disk. So a loss of power at
/// any point leaves the old one or the new one. A link to a version that is not installed counts as
/// none.
package struct InstalledVersions {
  package let name: String
  private let models: String

  /// - Parameter models: the folder that holds `<name>/<version>/`.
  package init(_ name: String, in models: String) {
    self.name = name
    self.models = models
  }

  package var folder: String { models + "/" + name }

  package func folder(of version: String) -> String { folder + "/" + version }

  /// The installed versions, from the oldest to the newest.
  package var versions: [String] {
    let names = (try? Files.names(in: folder)) ?? []
    return names.filter { has($0) }.sorted { ModelsFolder.isOlder($0, than: $1) }
  }

  package func has(_ version: String) -> Bool {
    Self.isVersion(version) && Folders.linkTarget(folder(of: version)) == nil
      && Files.kind(folder(of: version)) == .folder
  }

  /// Whether a version may have that name. The folder needs some names for something else.
  static func isVersion(_ name: String) -> Bool {
    ConfigurationText.isDottedName(name) && !reserved.contains(bytesOf: name)
  }

  /// The version that `active` names; nil where no version is the active one by name.
  package var active: String? { chosen(Self.activeLink) }

  package var previous: String? { chosen(Self.previousLink) }

  package var isPinned: Bool { Files.kind(folder + "/" + Self.pinFile) == .file }

  /// The version that a reference without a version means: the active one, else the newest.
  package var current: String? { active ?? versions.last }

  /// Makes a version the active one. The version that was current becomes the previous one.
  ///
  /// A person who names a version wants it, even one that failed its trial. So this forgets the
  /// verdict first; otherwise the core would go back at once. This writes `previous` before
  /// `active`. A loss of power between the two leaves the old version active, and no version to
  /// roll back to, until a person activates the version again.
  @export(interface)
  package func activate(_ version: String) throws(ModelsError) {
    guard has(version) else { throw missing(version) }
    try forgetVerdict(of: version)
    try order(version)
    // Where no version is the active one by name, nobody knows whether the newest ever scored.
    try takePlace(version, of: current, hasScored: active != nil)
  }

  /// Makes a version the active one that no person named, without a trial. What an earlier trial
  /// said against it does not count any more. It goes first, because the power may fail.
  ///
  /// - Parameter current: the version that was current before `version` came. It becomes the
  ///   previous one.
  @export(interface)
  package func activate(_ version: String, insteadOf current: String?) throws(ModelsError) {
    if verdict(of: version)?.isBad ?? false { try forgetVerdict(of: version) }
    try forgetOrder()
    try takePlace(version, of: current, hasScored: true)
  }

  /// The steps of every change: the version that goes is proven, then it is the previous one.
  func takePlace(
    _ version: String, of current: String?, hasScored: Bool
  ) throws(ModelsError) {
    if let current, current != version {
      if hasScored { try prove(current) }
      try link(Self.previousLink, to: current)
    }
    if active != version { try link(Self.activeLink, to: version) }
    if candidate == version { try withdrawCandidate() }
  }

  /// Goes back to the previous version. A second call brings the newer one back.
  ///
  /// - Returns: the version that is active now.
  /// - Throws: `.pinned`, `.noPrevious`, `.bundle` where no version is installed, `.file`.
  @export(interface)
  package func rollBack() throws(ModelsError) -> String {
    guard let current else { throw missing(nil) }
    if isPinned { throw .pinned(model: name, version: current) }
    guard let previous, previous != current else {
      throw .noPrevious(model: name, current: current, available: versions)
    }
    try withdrawCandidate()
    try forgetVerdict(of: previous)
    try order(previous)
    try exchange(current, for: previous)
    return previous
  }

  /// Exchanges the two links, in the other order than `activate`. When the power fails between the
  /// two, the previous version is already active.
  func exchange(_ current: String, for previous: String) throws(ModelsError) {
    try link(Self.activeLink, to: previous)
    try link(Self.previousLink, to: current)
  }

  /// - Returns: the version that no pull and no rollback moves from now on.
  @export(interface)
  package func pin() throws(ModelsError) -> String {
    guard let current else { throw missing(nil) }
    // The newest version changes when a newer one comes. A link does not.
    try takePlace(current, of: current, hasScored: false)
    try withdrawCandidate()
    try change { () throws(Files.Failure) in
      try Files.replace(folder + "/" + Self.pinFile, with: [], isShared: true)
    }
    return current
  }

  /// Removes the pin.
  @export(interface)
  package func unpin() throws(ModelsError) {
    guard current != nil else { throw missing(nil) }
    try change { () throws(Files.Failure) in
      try Folders.unlinkFile(folder + "/" + Self.pinFile)
    }
  }

  /// Removes a version that is not the current one.
  ///
  /// - Parameter trash: a folder on the same file system. The version goes there in one step, and
  ///   its files go later.
  /// - Throws: `.isActive`, `.bundle` for a version that is not installed, `.file`.
  @export(interface)
  package func remove(_ version: String, through trash: String) throws(ModelsError) {
    guard has(version) else { throw missing(version) }
    guard version != current else { throw .isActive(model: name, version: version) }
    if candidate == version { try withdrawCandidate() }
    try disprove(version)
    try change { () throws(Files.Failure) in
      if previous == version { try Folders.unlinkFile(folder + "/" + Self.previousLink) }
      try Files.rename(folder(of: version), to: trash + "/" + version)
      try Files.synchronize(folder)
    }
    // The verdict goes last. A failed trial must not be forgotten before the version is gone.
    try forgetVerdict(of: version)
  }

  /// Removes every version and every link in one step. No model of that name is left.
  @export(interface)
  package func removeAll(through trash: String) throws(ModelsError) {
    guard let current else { throw missing(nil) }
    if isPinned { throw .pinned(model: name, version: current) }
    try change { () throws(Files.Failure) in
      try Files.rename(folder, to: trash + "/" + name)
      try Files.synchronize(models)
    }
  }

  static let activeLink = "active"
  static let previousLink = "previous"
  static let candidateLink = "candidate"
  static let trialsFolder = "trials"
  static let startsFile = "starts"
  static let provenFile = "proven"
  static let orderedFile = "ordered"
  private static let pinFile = "pinned"
  private static let reserved = [
    activeLink, previousLink, candidateLink, trialsFolder, startsFile, provenFile, orderedFile,
    pinFile,
  ]

  func chosen(_ link: String) -> String? {
    guard let version = Folders.linkTarget(folder + "/" + link), has(version) else { return nil }
    return version
  }

  func link(_ name: String, to version: String) throws(ModelsError) {
    try change { () throws(Files.Failure) in
      try Folders.link(folder + "/" + name, to: version)
    }
  }

  func change(_ step: () throws(Files.Failure) -> Void) throws(ModelsError) {
    do throws(Files.Failure) {
      try step()
    } catch {
      throw .file(path: folder, error)
    }
  }

  func missing(_ version: String?) -> ModelsError { .bundle(notInstalled(version)) }

  /// - Parameter version: the version that a person named; nil for none.
  package func notInstalled(_ version: String?) -> BundleError {
    let versions = versions
    guard let version, !versions.isEmpty else {
      return .notInstalled(folder: folder, available: ModelsFolder(folder: models).names)
    }
    return .versionNotInstalled(folder: folder(of: version), available: versions)
  }
}

/// Why the agent does not change the models folder.
package enum ModelsError: Error {
  case file(path: String, Files.Failure)
  case bundle(BundleError)
  case pinned(model: String, version: String)
  case noPrevious(model: String, current: String, available: [String])
  case isActive(model: String, version: String)
  /// The version was no good on this board, in a trial, in its probation or in three starts.
  ///
  /// `against`: the version that it differs from too much; nil for a fault of the version itself.
  case triedBefore(model: String, version: String, reason: String, against: String?)
  /// The folder needs that name for something else.
  case reserved(version: String)
  /// That version is installed with other files, and a version never changes.
  case versionDiffers(folder: String)
  /// A newer version became active while this one, the newest there was, was on its way.
  case overtaken(model: String, version: String, current: String)
  /// Another process holds the folder's lock.
  case busy(folder: String)
}
