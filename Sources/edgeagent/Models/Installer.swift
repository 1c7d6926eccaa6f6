/// Brings bundles into the models folder: staged, verified, put into place, made the active one.
///
/// The order is fixed, and each step is on the disk before the next begins:
///
///     copy        every file into staging
///     signature   enough keys of trust.d vouch for the list of digests
///     structure   the model's bytes, its manifest, its memory
///     golden      vectors bit-exact on this board, within the time the manifest allows
///     place       one rename, staging → <models>/<name>/<version>
///     activate    `previous`, then `active`; or, for a trial, `candidate`
///
/// Whatever fails, the current version stays as it was and nothing is left in staging.
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
  func place(_ reference: InstallReference) -> String { staging.path + "/" + reference.text }

  enum Outcome: Equatable {
    /// Nothing had to be changed: it was the current one.
    case current
    /// It was here already, and is the active one now.
    case activated
    case installed
    /// It is installed, or was before; a running core tries it beside the current one.
    case proposed
  }

  /// - Parameters:
  ///   - source: a bundle's folder anywhere, a USB stick for one.
  ///   - onTrial: see `adopt`.
  func install(
    _ reference: InstallReference, from source: String, onTrial: Bool = false
  ) throws(ModelsError) -> Outcome {
    try check(InstalledVersions(reference.name, in: staging.models), reference)
    try staging.makePlace(reference)
    try copy(source, to: place(reference))
    return try adopt(place(reference), reference, onTrial: onTrial)
  }

  /// Verifies a bundle that lies in staging already, and installs it.
  ///
  /// - Parameter onTrial: it becomes the active one when a running core has tried it beside the
  ///   current one; at once where there is no current one.
  func adopt(
    _ staged: String, _ reference: InstallReference, onTrial: Bool = false
  ) throws(ModelsError) -> Outcome {
    let model = InstalledVersions(reference.name, in: staging.models)
    try check(model, reference)
    try verify(staged)
    let current = model.current
    guard !model.has(reference.version) else {
      try checkSame(staged, model.folder(of: reference.version))
      if current == reference.version { return .current }
      if onTrial, try model.propose(reference.version) { return .proposed }
      try model.activate(reference.version, insteadOf: current)
      return .activated
    }
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

  /// Before anything is copied: a pin, a trial that failed, a name that cannot be.
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

  private func copy(_ source: String, to folder: String) throws(ModelsError) {
    var path = source
    do throws(Files.Failure) {
      // One more than a bundle may have: the signature's check then says which is too many.
      for name in try Files.names(in: source).prefix(BundleDigests.filesMax + 2) {
        path = source + "/" + name
        let bytes = try Files.read(path, bytesMax: BundleLimits.modelBytesMax)
        path = folder + "/" + name
        try Files.create(path, bytes, mode: 0o644)
        try Files.synchronize(path)
      }
    } catch {
      throw .file(path: path, error)
    }
  }
}
