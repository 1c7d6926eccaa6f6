import CPlatform
import Models
import System
import Trust

/// Verifies a bundle and makes it the active version, or the candidate. `AdoptingHere` does so in
/// this process, `AdoptingChild` in a child process.
package protocol BundleAdopter: AnyObject {
  func adopt(_ adoption: Adoption) -> AdoptionVerdict
}

/// What is to be adopted. Its place in staging is locked by who asks for it.
package struct Adoption {
  let reference: InstallReference
  /// The version is installed already, and only to be made the active one.
  let isHere: Bool
  /// A person or an alias names it: then it is taken, older than the current one or not.
  let isChosen: Bool
  /// It becomes the active one when a running core has tried it beside the current one.
  let onTrial: Bool
  /// Where people look for the bundle that is in staging: errors name that place.
  let place: String
}

package enum AdoptionVerdict: Equatable {
  case adopted(Installer.Outcome)
  /// This bundle is of no use on this board, and never will be.
  case refused(AdoptionFault)
  /// Nothing is known of the bundle: the folder is busy, the disk full, a key's file broken.
  case postponed(AdoptionFault)
  case cancelled
}

/// Why a bundle was not adopted.
package enum AdoptionFault: Equatable {
  /// What the verification found, in words: a child process can hand on only the words of an error.
  case found([String])
  case late(seconds: Int64)
  case crashed(signal: Int32)
  /// By another process, or by the Linux kernel when memory was short.
  case killed
  case silent
  case noPipe(code: Int32)
  case noProcess(code: Int32)
}

/// A bundle that a person waits for. What was downloaded is not given up because another process is
/// changing the models folder: it waits for that one, which may be verifying a slow model.
package final class AdoptingHere: BundleAdopter {
  /// For a person: a verification by another process takes ten minutes at most.
  package static let patientNanoseconds: Int64 = 660_000_000_000

  private let models: String
  private let trust: TrustedKeys
  private let time: TrustedTime
  private let waitNanoseconds: Int64

  /// - Parameters:
  ///   - models: the folder that holds `<name>/<version>/`.
  ///   - waitNanoseconds: for another process that is changing that folder.
  package init(
    models: String, trust: TrustedKeys, time: TrustedTime,
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
    do throws(InstallError) {
      return .adopted(
        adoption.isHere ? try installer.activate(adoption) : try installer.adopt(adoption))
    } catch {
      return error.isOfTheBundle ? .refused(.found(error.lines)) : .postponed(.found(error.lines))
    }
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
