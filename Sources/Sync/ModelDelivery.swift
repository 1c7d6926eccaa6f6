import Models
import System

/// Brings a version of a model from a registry onto this board. Sync and `models pull` both use it.
///
///     obstacle    a pin, a trial that failed or a reserved name ends it; it fetches nothing then
///     fetch       it brings every file into staging, unless the version is here
///     adopt       `Installer` verifies the bundle, puts it into place and makes it the active one
///
/// It does not hold the models folder's lock while it fetches, so no other process waits for a slow
/// link. It holds that lock for moments, and while it verifies the bundle. It holds the lock of its
/// place in staging throughout, and goes on with the bytes of an earlier try.
package struct ModelDelivery {
  private let models: String
  /// In the place of the models folder's own.
  private let staging: String?
  private let registry: any ModelRegistry
  private let adopter: any BundleAdopter

  /// - Parameters:
  ///   - models: the folder that holds `<name>/<version>/`.
  ///   - staging: where a bundle is until it is adopted; nil for the models folder's own.
  package init(
    models: String, staging: String? = nil, registry: any ModelRegistry,
    adopter: any BundleAdopter
  ) {
    (self.models, self.staging) = (models, staging)
    (self.registry, self.adopter) = (registry, adopter)
  }

  /// - Parameters:
  ///   - isHere: the version is installed, and its content is the registry's. A version never
  ///     changes, so nothing has to come over the network again.
  ///   - isChosen: a person or an alias names the version. Then it may be older than the current
  ///     one.
  ///   - trial: whether a running core tries the version before it becomes the active one.
  /// - Throws: `.refused` for a bundle that is of no use on this board; `.postponed` for an
  ///   obstacle, and where the board is at fault; every error of fetching the bundle.
  @export(interface)
  package func bring(
    _ found: RegistryVersion, isHere: Bool, isChosen: Bool, trial: TrialPolicy
  ) throws(SyncError) -> Installer.Outcome {
    let reference = found.reference
    do throws(ModelsError) {
      try InstalledVersions(reference.name, in: models).checkObstacle(
        to: reference.version, isChosen: isChosen, trial)
    } catch {
      throw .postponed(error.lines)
    }
    // This process holds the lock until the version has its name, because no other process may take
    // the place away before.
    let lock = isHere ? nil : try fetch(found)
    defer { withExtendedLifetime(lock) {} }
    let verdict = adopter.adopt(
      Adoption(
        reference: reference, isHere: isHere, isChosen: isChosen, trial: trial,
        place: registry.place(reference), foreignStaging: staging))
    removeDownload(of: reference, verdict)
    switch verdict {
    case .adopted(let outcome): return outcome
    case .refused(let fault): throw .refused(fault.lines(reference))
    case .postponed(let fault): throw .postponed(fault.lines(reference))
    case .cancelled: throw .http(HTTPFailure(place: reference.text, fault: .cancelled))
    }
  }

  /// The adopter removes a download from the models folder's staging. It has no right to remove one
  /// from sync's own.
  private func removeDownload(of reference: InstallReference, _ verdict: AdoptionVerdict) {
    guard staging != nil else { return }
    switch verdict {
    case .adopted, .refused:
      (try? StagingFolder(models: models, staging: staging))?.removePlace(reference)
    case .postponed, .cancelled: break
    }
  }

  /// Fetches the files of a version into staging.
  ///
  /// - Returns: the lock of its place there.
  private func fetch(_ found: RegistryVersion) throws(SyncError) -> FolderLock {
    let (place, lock) = try lockedPlace(found.reference)
    do throws(SyncError) {
      try registry.fetch(found, into: place)
      return lock
    } catch {
      // While another process holds the models folder's lock, the place stays until the next fetch.
      if !error.isResumable, let staging = try? StagingFolder(models: models, staging: staging) {
        staging.removePlace(found.reference)
      }
      throw error
    }
  }

  private func lockedPlace(
    _ reference: InstallReference
  ) throws(SyncError) -> (place: String, FolderLock) {
    do throws(ModelsError) {
      let staging = try StagingFolder(models: models, staging: staging)
      try staging.makePlace(reference)
      return (staging.place(reference), try staging.lockPlace(reference))
    } catch {
      throw .postponed(error.lines)
    }
  }
}
