import System

/// The way of a version from `candidate` to `active`, or to nothing. The caller of a function that
/// changes the disk has to hold the models folder's lock.
extension InstalledVersions {
  /// The version that a core shall try beside the active one; nil for none.
  package var candidate: String? { chosen(Self.candidateLink) }

  /// The verdict of a version's trial; nil where there is none, or a damaged one.
  package func verdict(of version: String) -> TrialVerdict? {
    guard Self.isVersion(version),
      let bytes = try? Files.read(verdictPath(version), bytesMax: TrialVerdict.bytesMax)
    else { return nil }
    return TrialVerdict(bytes, of: version)
  }

  /// The verdicts of the installed versions, from the oldest version to the newest.
  package var verdicts: [TrialVerdict] { versions.compactMap { verdict(of: $0) } }

  /// Lets a running core try a version beside the current one. The version becomes the active one
  /// when it passes. Where no other version is installed, there is none to compare it with, so it
  /// becomes the active one at once. So does a version that is proven: it is the owner's way back.
  ///
  /// - Returns: false when there is no trial, because the version became the active one at once or
  ///   was it before.
  /// - Throws: `.pinned`, `.triedBefore`, `.bundle` for a version that is not installed, `.file`.
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
    if isProven(version) {
      try activate(version, insteadOf: current)
      return false
    }
    try hold(current)
    // The verdict of an earlier trial does not count any more. It goes first, because the power may
    // fail before the next trial has begun.
    try forgetVerdict(of: version)
    if candidate != version { try link(Self.candidateLink, to: version) }
    return true
  }

  /// Makes the current version the active one by name, before a newer one comes. The newer version
  /// must not become current only because it is the newest.
  package func hold(_ current: String) throws(ModelsError) {
    if active != current { try link(Self.activeLink, to: current) }
  }

  /// - Throws: `.triedBefore` for a version that a verdict keeps away from the current one.
  private func checkVerdict(of version: String) throws(ModelsError) {
    guard let verdict = barrier(to: version, .asked) else { return }
    throw .triedBefore(
      model: name, version: version, reason: verdict.reason, against: verdict.pair)
  }

  /// The verdict that keeps a version from taking the current one's place; nil for none.
  func barrier(to version: String, _ policy: TrialPolicy) -> TrialVerdict? {
    guard let verdict = verdict(of: version), verdict.bars(beside: current) else { return nil }
    if verdict.isOfPair && (policy == .waived || isProven(version)) { return nil }
    return verdict
  }

  /// Ends a trial without a verdict.
  package func withdrawCandidate() throws(ModelsError) {
    guard Folders.linkTarget(folder + "/" + Self.candidateLink) != nil else { return }
    try change { () throws(Files.Failure) in
      try Folders.unlinkFile(folder + "/" + Self.candidateLink)
    }
  }

  /// Removes the verdict of a version, if there is one.
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
      try Files.replace(verdictPath(verdict.version), with: verdict.json, isShared: true)
    }
  }

  /// Ends a trial. This writes the verdict first. If the version passed, it then writes `previous`
  /// and `active`, as when a person activates the version. It removes the link `candidate` last.
  /// When the power fails between two of these steps, either the old version is active and the core
  /// does the trial again, or the new version is active.
  @export(interface)
  package func conclude(_ verdict: TrialVerdict) throws(ModelsError) {
    try record(verdict)
    if verdict.outcome == .passed {
      try forgetOrder()
      try takePlace(verdict.version, of: verdict.against, hasScored: true)
    }
    try withdrawCandidate()
  }

  /// The previous version, if it is another one than the active version and was no bad one.
  package var goodPrevious: String? {
    guard let previous, previous != active, !isBroken(previous) else { return nil }
    return previous
  }

  /// Goes back from a version that is no good after all. This writes the verdict first, which says
  /// so. When the power fails after that, `finishGoingBack` does the rest.
  ///
  /// - Returns: the version that is active now. It is nil, and nothing has changed, when the
  ///   version is not the active one, the model is pinned, or there is no good previous version.
  @export(interface)
  package func goBack(_ verdict: TrialVerdict) throws(ModelsError) -> String? {
    guard active == verdict.version, let previous = goodPrevious, !isPinned else { return nil }
    try record(verdict)
    try exchange(verdict.version, for: previous)
    return previous
  }

  /// Whether `active` still names a version that is no good, while there is a good previous one and
  /// no pin.
  package var mustGoBack: Bool {
    guard let active, let previous, previous != active, !isPinned else { return false }
    return isBroken(active) && !isBroken(previous)
  }

  /// Does the rest of what a loss of power interrupted.
  package func finishGoingBack() throws(ModelsError) {
    guard mustGoBack, let active, let previous else { return }
    try exchange(active, for: previous)
  }

  private func verdictPath(_ version: String) -> String {
    folder + "/" + Self.trialsFolder + "/" + version
  }
}

extension TrialVerdict {
  /// The version from which this one differs too much; nil where that is not the fault.
  var pair: String? { isOfPair ? against : nil }
}
