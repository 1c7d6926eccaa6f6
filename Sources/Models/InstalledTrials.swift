import System

/// A version's way from `candidate` to `active`, or to nothing. A caller of a function that changes
/// the disk holds the models folder's lock.
extension InstalledVersions {
  /// The version to be tried beside the active one.
  package var candidate: String? { chosen(Self.candidateLink) }

  package func verdict(of version: String) -> TrialVerdict? {
    guard Self.isVersion(version),
      let bytes = try? Files.read(verdictPath(version), bytesMax: TrialVerdict.bytesMax)
    else { return nil }
    return TrialVerdict(bytes, of: version)
  }

  /// Of the installed versions, from the oldest to the newest.
  package var verdicts: [TrialVerdict] { versions.compactMap { verdict(of: $0) } }

  /// Lets a running core try a version beside the current one; it becomes the active one when it
  /// passes. Where nothing else is installed there is nothing to compare it with: it becomes active
  /// at once.
  ///
  /// - Returns: false where it became the active one at once.
  @discardableResult
  @export(interface)
  package func propose(_ version: String) throws(ModelsError) -> Bool {
    guard has(version) else { throw missing(version) }
    if isPinned, let current, current != version { throw .pinned(model: name, version: current) }
    try checkVerdict(of: version)
    guard let current = active ?? versions.last(where: { $0 != version }) else {
      try activate(version)
      return false
    }
    guard current != version else { return false }
    try hold(current)
    // The verdict of an earlier trial no longer counts, and the power may fail before the next
    // trial has begun.
    try forgetVerdict(of: version)
    if candidate != version { try link(Self.candidateLink, to: version) }
    return true
  }

  /// Makes the current version the active one by name, before a newer one comes: that one must not
  /// become current only because it is the newest.
  package func hold(_ current: String) throws(ModelsError) {
    if active != current { try link(Self.activeLink, to: current) }
  }

  /// - Throws: for a version that was no good on this board.
  func checkVerdict(of version: String) throws(ModelsError) {
    guard let verdict = verdict(of: version), verdict.isBad else { return }
    throw .triedBefore(model: name, version: version, reason: verdict.reason)
  }

  /// Ends a trial without a verdict.
  package func withdrawCandidate() throws(ModelsError) {
    guard Folders.linkTarget(folder + "/" + Self.candidateLink) != nil else { return }
    try change { () throws(Files.Failure) in
      try Folders.unlinkFile(folder + "/" + Self.candidateLink)
    }
  }

  package func forgetVerdict(of version: String) throws(ModelsError) {
    guard Files.kind(verdictPath(version)) != .missing else { return }
    try change { () throws(Files.Failure) in
      try Folders.unlinkFile(verdictPath(version))
    }
  }

  /// Replaces the verdict of a version.
  @export(interface)
  package func record(_ verdict: TrialVerdict) throws(ModelsError) {
    try change { () throws(Files.Failure) in
      try Folders.make(folder + "/" + Self.trialsFolder)
      try Files.replace(verdictPath(verdict.version), with: verdict.json)
    }
  }

  /// Ends a trial. The verdict is written first. Where the version passed, `previous` and `active`
  /// follow, as when a person activates it. The link `candidate` goes last. When the power fails
  /// between any two of these, either the old version is active and the trial is done again, or the
  /// new one is active.
  @export(interface)
  package func conclude(_ verdict: TrialVerdict) throws(ModelsError) {
    try record(verdict)
    if verdict.outcome == .passed {
      try activate(verdict.version, insteadOf: verdict.against)
    }
    try withdrawCandidate()
  }

  /// Goes back from a version that turned out to be no good. The verdict is written first and says
  /// so; when the power fails after it, `finishGoingBack` does the rest.
  ///
  /// - Returns: the version that is active now; nil where there is none to go back to, and nothing
  ///   was changed.
  @export(interface)
  package func goBack(_ verdict: TrialVerdict) throws(ModelsError) -> String? {
    guard active == verdict.version, let previous, previous != verdict.version,
      !isPinned, !isBad(previous)
    else { return nil }
    try record(verdict)
    try exchange(verdict.version, for: previous)
    return previous
  }

  /// Whether `active` still names a version that was found to be no good.
  package var mustGoBack: Bool {
    guard let active, let previous, previous != active, !isPinned else { return false }
    return isBad(active) && !isBad(previous)
  }

  /// Does the rest of what a loss of power interrupted.
  package func finishGoingBack() throws(ModelsError) {
    guard mustGoBack, let active, let previous else { return }
    try exchange(active, for: previous)
  }

  private func isBad(_ version: String) -> Bool { verdict(of: version)?.isBad ?? false }

  private func verdictPath(_ version: String) -> String {
    folder + "/" + Self.trialsFolder + "/" + version
  }
}
