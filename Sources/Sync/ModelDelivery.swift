import Models
import System

/// Brings a version of a model from a registry onto this board. Sync and `models pull` both use it.
///
///     obstacle    a pin, a trial that failed, a name that cannot be: it fetches nothing
///     fetch       every file into staging, unless the version is here
///     adopt       verified, put into place, made the active one: `Installer`
///
/// It holds the models folder's lock for moments, and while the bundle is verified: no other
/// process waits for a slow link. It holds the lock of its place in staging throughout, and goes on
/// with the bytes of an earlier try.
package struct ModelDelivery {
  private let models: String
  private let registry: any ModelRegistry
  private let adopter: any BundleAdopter

  /// - Parameter models: the folder that holds `<name>/<version>/`.
  package init(models: String, registry: any ModelRegistry, adopter: any BundleAdopter) {
    (self.models, self.registry, self.adopter) = (models, registry, adopter)
  }

  /// - Parameters:
  ///   - isHere: the version is installed, and known to be the same. A version never changes, so
  ///     that nothing has to come over the network again.
  ///   - isChosen: a person or an alias names it: then it is taken, older than the current one or
  ///     not.
  ///   - onTrial: it becomes the active one when a running core has tried it.
  /// - Throws: `.refused` for a bundle that is of no use on this board, `.postponed` where the
  ///   board is at fault; and every error of fetching it.
  @export(interface)
  package func bring(
    _ found: RegistryVersion, isHere: Bool, isChosen: Bool, onTrial: Bool
  ) throws(SyncError) -> Installer.Outcome {
    let reference = found.reference
    do throws(ModelsError) {
      try InstalledVersions(reference.name, in: models).checkObstacle(
        to: reference.version, isChosen: isChosen)
    } catch {
      throw .postponed(error.lines)
    }
    // Held until the version has its name: no other process may take the place away in between.
    let lock = isHere ? nil : try fetch(found)
    defer { withExtendedLifetime(lock) {} }
    let verdict = adopter.adopt(
      Adoption(
        reference: reference, isHere: isHere, isChosen: isChosen, onTrial: onTrial,
        place: registry.place(reference)))
    switch verdict {
    case .adopted(let outcome): return outcome
    case .refused(let fault): throw .refused(fault.lines(reference))
    case .postponed(let fault): throw .postponed(fault.lines(reference))
    case .cancelled: throw .http(HTTPFailure(place: reference.text, fault: .cancelled))
    }
  }

  /// - Returns: the lock of its place in staging.
  private func fetch(_ found: RegistryVersion) throws(SyncError) -> FolderLock {
    let (place, lock) = try lockedPlace(found.reference)
    do throws(SyncError) {
      try registry.fetch(found, into: place)
      return lock
    } catch {
      // A folder that is busy keeps it until the next fetch.
      if !error.isResumable, let staging = try? StagingFolder(models: models) {
        staging.removePlace(found.reference)
      }
      throw error
    }
  }

  private func lockedPlace(
    _ reference: InstallReference
  ) throws(SyncError) -> (place: String, FolderLock) {
    do throws(ModelsError) {
      let staging = try StagingFolder(models: models)
      try staging.makePlace(reference)
      return (staging.place(reference), try staging.lockPlace(reference))
    } catch {
      throw .postponed(error.lines)
    }
  }
}
