import CPlatform
import Models
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
  private let trust: TrustedKeys
  /// The trusted time, in seconds since 1970 UTC.
  private let now: Int64
  private let staging: StagingFolder

  /// Takes the models folder's lock, and holds it until the installer is released.
  init(models: String, trust: TrustedKeys, now: Int64) throws(ModelsError) {
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
      if !error.isOfTheBoard { staging.removePlace(adoption.reference) }
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
    try verify(model.folder(of: reference.version))
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
    }
    try verify(staged, shownAs: place)
    let isHere = model.has(reference.version)
    if isHere { try checkSame(staged, shownAs: place, model.folder(of: reference.version)) }
    return try changing { () throws(ModelsError) in
      isHere
        ? try activate(reference, in: model, adoption.trial)
        : try put(staged, reference, into: model, adoption.trial)
    }
  }

  private func put(
    _ staged: String, _ reference: InstallReference, into model: InstalledVersions,
    _ trial: TrialPolicy
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

  private func verify(_ folder: String, shownAs place: String? = nil) throws(InstallError) {
    do throws(TrustError) {
      try trust.verify(bundle: folder, shownAs: place, now: now)
    } catch {
      throw .trust(error)
    }
    do throws(BundleError) {
      _ = try ModelBundle(folder: folder, shownAs: place)
    } catch {
      throw .models(.bundle(error))
    }
  }

  private func checkSame(
    _ one: String, shownAs place: String, _ other: String
  ) throws(InstallError) {
    let isSame: Bool
    do throws(TrustError) {
      isSame =
        try BundleDigests(folder: one, shownAs: place) == BundleDigests(folder: other)
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
    case .trust(.file(_, let failure)), .models(.bundle(.file(_, let failure))):
      failure.isOfTheBoard
    default: false
    }
  }
}

extension ModelsError {
  fileprivate var isOfTheBundle: Bool {
    switch self {
    case .bundle(.file(_, let failure)): !failure.isOfTheBoard
    case .bundle, .versionDiffers, .reserved: true
    // A failed trial has its own verdict, which stays in the models folder.
    case .file, .pinned, .noPrevious, .isActive, .triedBefore, .overtaken, .busy: false
    }
  }
}

extension TrustError {
  /// Whether the bundle is at fault. Otherwise this board is: its keys or its disk.
  fileprivate var isOfTheBundle: Bool {
    switch self {
    case .strayFile, .unsigned, .signatureFile, .signatureWrong, .notVouched: true
    case .file(_, let failure): !failure.isOfTheBoard
    case .settings, .key, .keyRepeated, .noKeys, .tooManyKeys, .threshold: false
    }
  }
}

extension Files.Failure {
  /// Whether the board is at fault. Otherwise the file is missing, too large or no file.
  fileprivate var isOfTheBoard: Bool {
    switch self {
    case .tooLarge: false
    case .system(let code): code != ENOENT && code != EISDIR && code != ELOOP
    }
  }
}
