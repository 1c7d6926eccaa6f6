import System

/// Brings bundles into the models folder: staged, verified, put into place, made the active one.
///
/// The order is fixed, and each step is on the disk before the next begins:
///
///     fetch       every file into staging, by a `ModelRegistry`
///     signature   enough keys of trust.d vouch for the list of digests
///     structure   the model's bytes, its manifest, its memory
///     golden      vectors bit-exact on this board, within the time the manifest allows
///     place       one rename, staging → <models>/<name>/<version>
///     activate    `previous`, then `active`; or, for a trial, `candidate`
///
/// Whatever fails, the current version stays as it was. What was refused leaves staging; a fetch that
/// was cut stays there and is gone on with.
struct Installer {
  let trust: TrustStore
  /// Trusted time, seconds since 1970 UTC.
  let now: Int64
  private let staging: StagingFolder

  init(models: String, trust: TrustStore, now: Int64) throws(ModelsError) {
    self.trust = trust
    self.now = now
    staging = try StagingFolder(models: models)
  }

  /// Where a bundle lies while it is verified.
  func place(_ reference: InstallReference) -> String { staging.place(reference) }

  /// Before a bundle is fetched: makes its place, unless the model is pinned at another version.
  ///
  /// - Returns: the place.
  func prepare(_ reference: InstallReference) throws(ModelsError) -> String {
    try check(InstalledVersions(reference.name, in: staging.models), reference)
    try staging.makePlace(reference)
    return staging.place(reference)
  }

  /// What was fetched is not to be gone on with.
  func discard(_ reference: InstallReference) { staging.removePlace(reference) }

  enum Outcome: Equatable {
    /// Nothing had to be changed: it was the current one.
    case current
    /// It was here already, and is the active one now.
    case activated
    case installed
    /// It is installed, or was before; a running core tries it beside the current one.
    case proposed
  }

  /// Verifies what was fetched, and makes it the active version. Nothing of it stays in staging,
  /// unless the board's own disk is at fault.
  ///
  /// - Parameter onTrial: it becomes the active one when a running core has tried it beside the
  ///   current one; at once where there is no current one.
  func adopt(
    _ reference: InstallReference, onTrial: Bool = false
  ) throws(ModelsError) -> Outcome {
    do throws(ModelsError) {
      let outcome = try take(reference, onTrial: onTrial)
      staging.removePlace(reference)
      return outcome
    } catch {
      if !error.isOfTheBoard { staging.removePlace(reference) }
      throw error
    }
  }

  private func take(
    _ reference: InstallReference, onTrial: Bool
  ) throws(ModelsError) -> Outcome {
    let staged = place(reference)
    let model = InstalledVersions(reference.name, in: staging.models)
    try check(model, reference)
    let lock = try staging.lockPlace(reference)
    defer { withExtendedLifetime(lock) {} }
    try verify(staged)
    guard !model.has(reference.version) else {
      try checkSame(staged, model.folder(of: reference.version))
      return try activate(reference, in: model, onTrial: onTrial)
    }
    let current = model.current
    // The newest is current where none is active: this one shall not be for being there.
    if onTrial, let current { try model.hold(current) }
    do throws(Files.Failure) {
      try Files.synchronize(staged)
      try Folders.make(model.folder)
      try Files.rename(staged, to: model.folder(of: reference.version))
    } catch {
      throw .file(path: model.folder, error)
    }
    if onTrial, try model.propose(reference.version) { return .proposed }
    try model.activate(reference.version, insteadOf: current)
    return .installed
  }

  /// Verifies a version that is here already, and makes it the active one, or the candidate.
  func activate(
    _ reference: InstallReference, onTrial: Bool = false
  ) throws(ModelsError) -> Outcome {
    let model = InstalledVersions(reference.name, in: staging.models)
    try check(model, reference)
    try verify(model.folder(of: reference.version))
    return try activate(reference, in: model, onTrial: onTrial)
  }

  private func activate(
    _ reference: InstallReference, in model: InstalledVersions, onTrial: Bool
  ) throws(ModelsError) -> Outcome {
    let current = model.current
    if current == reference.version { return .current }
    if onTrial, try model.propose(reference.version) { return .proposed }
    try model.activate(reference.version, insteadOf: current)
    return .activated
  }

  /// Before anything is fetched: a pin, a trial that failed, a name that cannot be.
  private func check(
    _ model: InstalledVersions, _ reference: InstallReference
  ) throws(ModelsError) {
    guard InstalledVersions.isVersion(reference.version) else {
      throw .reserved(version: reference.version)
    }
    if model.isPinned, let current = model.current, current != reference.version {
      throw .pinned(model: model.name, version: current)
    }
    if model.current != reference.version { try model.checkVerdict(of: reference.version) }
  }

  private func verify(_ folder: String) throws(ModelsError) {
    do throws(TrustError) {
      try trust.verify(bundle: folder, now: now)
    } catch {
      throw .trust(error)
    }
    do throws(BundleError) {
      _ = try ModelBundle(folder: folder)
    } catch {
      throw .bundle(error)
    }
  }

  private func checkSame(_ one: String, _ other: String) throws(ModelsError) {
    let isSame: Bool
    do throws(TrustError) {
      isSame = try BundleDigests(folder: one) == BundleDigests(folder: other)
    } catch {
      throw .trust(error)
    }
    if !isSame { throw .versionDiffers(folder: other) }
  }
}
