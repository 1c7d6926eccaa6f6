import CPlatform
import System
import Trust

/// Verifies a bundle that is in staging, puts it into the models folder, and makes it the active
/// version.
///
/// The order of the steps is fixed. What a step writes is on the disk before the next step begins:
///
///     signature   enough keys of trust.d vouch for the list of digests
///     structure   the manifest, the model's bytes and its memory are right
///     golden      each output on this board equals the golden one, as fast as the manifest says
///     place       one rename moves the bundle from staging to <models>/<name>/<version>
///     activate    `previous` is written, then `active`; or, for a trial, `candidate`
///
/// When a step fails, the active version stays. The installer removes a refused bundle from
/// staging.
package struct Installer {
  /// Nil where nothing is verified.
  private let trust: TrustedKeys?
  /// The trusted time, in seconds since 1970 UTC.
  private let now: Int64
  private let staging: StagingFolder

  /// Takes the models folder's lock, and holds it until the installer is released.
  package init(models: String, trust: TrustedKeys?, now: Int64) throws(ModelsError) {
    self.trust = trust
    self.now = now
    staging = try StagingFolder(models: models)
  }

  /// What the installer did.
  package enum Outcome: Equatable, CaseIterable {
    /// The version was the current one, so nothing changed.
    case current
    /// The version was installed already, and is the active one now.
    case activated
    /// The version was not installed before, and is the active one now.
    case installed
    /// The version is installed. A running core tries it beside the current one.
    case proposed
  }

  /// Does what is asked for, and says what became of it.
  package func verdict(_ adoption: Adoption) -> AdoptionVerdict {
    do throws(InstallError) {
      return .adopted(adoption.isHere ? try activate(adoption) : try adopt(adoption))
    } catch {
      return error.isOfTheBundle ? .refused(.found(error.lines)) : .postponed(.found(error.lines))
    }
  }

  /// Verifies a bundle from staging, and makes it the active version or the candidate. The
  /// installer then removes the download from staging. Only when this board is at fault, the
  /// download stays.
  ///
  /// Without a current version there is no trial: the version becomes the active one at once.
  @export(interface)
  func adopt(_ adoption: Adoption) throws(InstallError) -> Outcome {
    do throws(InstallError) {
      let outcome = try take(adoption)
      staging.removePlace(adoption.reference)
      return outcome
    } catch {
      // What was copied is copied again.
      if !error.isOfTheBoard || adoption.foreignStaging != nil {
        staging.removePlace(adoption.reference)
      }
      throw error
    }
  }

  /// Verifies an installed version, and makes it the active one or the candidate.
  @export(interface)
  func activate(_ adoption: Adoption) throws(InstallError) -> Outcome {
    let reference = adoption.reference
    let model = InstalledVersions(reference.name, in: staging.models)
    try changing { () throws(ModelsError) in
      try model.checkObstacle(
        to: reference.version, isChosen: adoption.isChosen, adoption.trial)
    }
    // The version scores, and nothing is to be verified: another version that is still on trial is
    // not wanted any more.
    if model.current == reference.version, model.candidate != nil {
      try changing { () throws(ModelsError) in try model.withdrawCandidate() }
      return .current
    }
    let version = model.folder(of: reference.version)
    note(try verify(version, version: version), version)
    return try changing { () throws(ModelsError) in
      try activate(reference, in: model, adoption.trial)
    }
  }

  private func take(_ adoption: Adoption) throws(InstallError) -> Outcome {
    let (reference, place) = (adoption.reference, adoption.place)
    let staged = staging.place(reference)
    let model = InstalledVersions(reference.name, in: staging.models)
    try changing { () throws(ModelsError) in
      try model.checkObstacle(
        to: reference.version, isChosen: adoption.isChosen, adoption.trial)
      if adoption.foreignStaging != nil { try staging.makePlace(reference, isEmpty: true) }
    }
    let version = model.folder(of: reference.version)
    let digests: BundleDigests
    if let foreign = adoption.foreignStaging {
      digests = try verify(
        StagingFolder.way(to: reference), below: foreign, shownAs: place, version: version,
        copy: BundleCopy(to: staged))
    } else {
      digests = try verify(staged, shownAs: place, version: version)
    }
    let isHere = model.has(reference.version)
    if isHere { try checkSame(digests, version) }
    return try changing { () throws(ModelsError) in
      guard !isHere else {
        note(digests, version)
        return try activate(reference, in: model, adoption.trial)
      }
      return try put(staged, digests, reference, into: model, adoption.trial)
    }
  }

  private func put(
    _ staged: String, _ digests: BundleDigests, _ reference: InstallReference,
    into model: InstalledVersions, _ trial: TrialPolicy
  ) throws(ModelsError) -> Outcome {
    let current = model.current
    // Without an active version the newest one is current. The new version must not become current
    // only because it is installed.
    if trial == .asked, let current { try model.hold(current) }
    do throws(Files.Failure) {
      try Files.synchronize(staged)
      try Folders.make(model.folder)
      try Files.rename(staged, to: model.folder(of: reference.version))
    } catch {
      throw .file(path: model.folder, error)
    }
    note(digests, model.folder(of: reference.version))
    if trial == .asked, try model.propose(reference.version) { return .proposed }
    try model.activate(reference.version, insteadOf: current)
    try model.withdrawCandidate()
    return .installed
  }

  private func activate(
    _ reference: InstallReference, in model: InstalledVersions, _ trial: TrialPolicy
  ) throws(ModelsError) -> Outcome {
    let current = model.current
    if current == reference.version {
      try model.withdrawCandidate()
      return .current
    }
    if trial == .asked, try model.propose(reference.version) { return .proposed }
    try model.activate(reference.version, insteadOf: current)
    try model.withdrawCandidate()
    return .activated
  }

  /// Reads a bundle, once, and checks what was read.
  ///
  /// - Parameters:
  ///   - base: a staging folder that another process keeps, with `folder` as the way from there.
  ///   - version: where it is installed, or will be.
  ///   - copy: gets what is read.
  /// - Returns: the digests of what was read, to be noted as accepted once it is in place.
  private func verify(
    _ folder: String, below base: String? = nil, shownAs place: String? = nil, version: String,
    copy: BundleCopy? = nil
  ) throws(InstallError) -> BundleDigests {
    let place = place ?? folder
    let files: BundleFiles
    do throws(TrustError) {
      files = try BundleFiles(folder: folder, below: base, shownAs: place, copy: copy)
      if let trust {
        let accepted = AcceptedBundle(folder: version, digest: files.digests.digest)
        try trust.verify(files, at: place, now: now, wasAccepted: accepted.isNoted)
      }
    } catch {
      throw .trust(error)
    }
    do throws(BundleError) {
      _ = try ModelBundle(
        BundleContent(files), folder: copy?.folder ?? folder, shownAs: place)
    } catch {
      throw .models(.bundle(error))
    }
    return files.digests
  }

  /// Notes that this board has accepted the version in time. The core does so too, when it loads
  /// the version; so a failure here is none of the installation.
  private func note(_ digests: BundleDigests, _ version: String) {
    guard trust != nil else { return }
    let accepted = AcceptedBundle(folder: version, digest: digests.digest)
    if !accepted.isNoted { try? accepted.note() }
  }

  private func checkSame(_ digests: BundleDigests, _ other: String) throws(InstallError) {
    let isSame: Bool
    do throws(TrustError) {
      isSame = try digests == BundleDigests(folder: other)
    } catch {
      throw .trust(error)
    }
    if !isSame { throw .models(.versionDiffers(folder: other)) }
  }

  private func changing<Result>(
    _ step: () throws(ModelsError) -> Result
  ) throws(InstallError) -> Result {
    do throws(ModelsError) {
      return try step()
    } catch {
      throw .models(error)
    }
  }
}

/// Why the installer did not take a bundle.
enum InstallError: Error {
  /// The signature or the trusted keys do not allow it.
  case trust(TrustError)
  case models(ModelsError)

  /// Whether the bundle itself is at fault, so that another try is of no use.
  var isOfTheBundle: Bool {
    switch self {
    case .trust(let error): error.isOfTheBundle
    case .models(let error): error.isOfTheBundle
    }
  }

  /// Whether the board is at fault, for example its full disk. The download stays for another try.
  fileprivate var isOfTheBoard: Bool {
    switch self {
    case .models(.file), .models(.busy): true
    case .trust(.file(_, let failure)), .models(.bundle(.file(_, let failure))),
      .models(.bundle(.trust(.file(_, let failure)))):
      failure.isOfTheBoard
    default: false
    }
  }
}

extension ModelsError {
  fileprivate var isOfTheBundle: Bool {
    switch self {
    case .bundle(.file(_, let failure)): !failure.isOfTheBoard
    case .bundle(.trust(let error)): error.isOfTheBundle
    case .bundle, .versionDiffers, .reserved: true
    // A failed trial has its own verdict, which stays in the models folder.
    case .file, .pinned, .noPrevious, .isActive, .triedBefore, .overtaken, .busy: false
    }
  }
}
