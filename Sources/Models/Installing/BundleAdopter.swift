import CPlatform
import System
import Trust

/// Verifies a bundle and makes it the active version, or the candidate. `AdoptingHere` does this in
/// its own process, and `AdoptingChild` in a child process.
package protocol BundleAdopter: AnyObject {
  func adopt(_ adoption: Adoption) -> AdoptionVerdict
}

/// What the adopter shall adopt. Unless the version is here, the caller has locked its place in
/// staging.
package struct Adoption {
  package let reference: InstallReference
  /// The version is installed already. The adopter only makes it the active one.
  package let isHere: Bool
  /// A person or an alias names the version. Then it may be older than the current one.
  package let isChosen: Bool
  /// Whether a running core tries the version beside the current one before it becomes the active
  /// one.
  package let trial: TrialPolicy
  /// Errors name this place for the bundle that is in staging, because people know it.
  package let place: String
  /// The staging folder of another process, which has the bundle; nil where it is in that of the
  /// models folder. It is read once and copied meanwhile, and nothing in it is trusted.
  package let foreignStaging: String?

  package init(
    reference: InstallReference, isHere: Bool, isChosen: Bool, trial: TrialPolicy, place: String,
    foreignStaging: String? = nil
  ) {
    (self.reference, self.place, self.foreignStaging) = (reference, place, foreignStaging)
    (self.isHere, self.isChosen, self.trial) = (isHere, isChosen, trial)
  }
}

/// What became of an adoption.
package enum AdoptionVerdict: Equatable {
  case adopted(Installer.Outcome)
  /// This board can never use this bundle.
  case refused(AdoptionFault)
  /// The adopter did not adopt the bundle, and the bundle is not at fault. There is an obstacle,
  /// the folder is busy, the disk is full, or a key's file is broken.
  case postponed(AdoptionFault)
  /// The descriptor that ends the work early became readable.
  case cancelled
}

/// Why a bundle was not adopted.
package enum AdoptionFault: Equatable {
  /// What the verification found. A child process can tell its parent only words.
  case found([String])
  /// The verification took longer than `seconds`.
  case late(seconds: Int64)
  /// The child ended by a signal other than SIGKILL.
  case crashed(signal: Int32)
  /// Another process ended the child, or the Linux kernel did when memory was short.
  case killed
  /// The child ended, and its bytes are no answer.
  case silent
  /// `code`: errno, here and in `noProcess`.
  case noPipe(code: Int32)
  case noProcess(code: Int32)
}

/// Adopts a bundle in this process. Another process may hold the models folder's lock, perhaps
/// while it verifies a slow model. Then this process waits, so that the download is not lost.
package final class AdoptingHere: BundleAdopter {
  /// The wait of a person's command: a minute more than the ten minutes that another process may
  /// verify.
  package static let patientNanoseconds: Int64 = 660_000_000_000

  private let models: String
  private let trust: TrustedKeys?
  private let time: TrustedTime
  private let waitNanoseconds: Int64

  /// - Parameters:
  ///   - models: the folder that holds `<name>/<version>/`.
  ///   - trust: nil where nothing is verified.
  ///   - waitNanoseconds: the longest wait for a process that holds that folder's lock.
  package init(
    models: String, trust: TrustedKeys?, time: TrustedTime,
    waitNanoseconds: Int64 = patientNanoseconds
  ) {
    (self.models, self.trust, self.time) = (models, trust, time)
    self.waitNanoseconds = waitNanoseconds
  }

  @export(interface)
  package func adopt(_ adoption: Adoption) -> AdoptionVerdict {
    let installer: Installer
    do throws(ModelsError) {
      installer = try waitForInstaller()
    } catch {
      return .postponed(.found(error.lines))
    }
    return installer.verdict(adoption)
  }

  private func waitForInstaller() throws(ModelsError) -> Installer {
    let end = Clock.boot() + waitNanoseconds
    var hasSaidSo = false
    while true {
      do throws(ModelsError) {
        return try Installer(models: models, trust: trust, now: time.now())
      } catch {
        guard case .busy = error, Clock.boot() < end else { throw error }
        if !hasSaidSo { Log.write(.notice, "\(models): another process is changing it; waiting") }
        hasSaidSo = true
        usleep(100_000)
      }
    }
  }
}
