import Models
import Trust

/// Verifies a bundle and makes it the active version, or the candidate. `AdoptingHere` does so in
/// this process, `AdoptingChild` in a child process.
package protocol BundleAdopter: AnyObject {
  func adopt(_ adoption: Adoption) -> AdoptionVerdict
}

/// What is to be adopted.
package struct Adoption {
  let reference: InstallReference
  /// The version is installed already, and only to be made the active one.
  let isHere: Bool
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

/// A bundle that a person waits for.
package final class AdoptingHere: BundleAdopter {
  private let models: String
  private let trust: TrustedKeys
  private let time: TrustedTime

  /// - Parameter models: the folder that holds `<name>/<version>/`.
  package init(models: String, trust: TrustedKeys, time: TrustedTime) {
    (self.models, self.trust, self.time) = (models, trust, time)
  }

  @export(interface)
  package func adopt(_ adoption: Adoption) -> AdoptionVerdict {
    let installer: Installer
    do throws(ModelsError) {
      installer = try Installer(models: models, trust: trust, now: time.now())
    } catch {
      return .postponed(.found(error.lines))
    }
    do throws(InstallError) {
      let (reference, onTrial) = (adoption.reference, adoption.onTrial)
      return .adopted(
        adoption.isHere
          ? try installer.activate(reference, onTrial: onTrial)
          : try installer.adopt(reference, from: adoption.place, onTrial: onTrial))
    } catch {
      return error.isOfTheBundle ? .refused(.found(error.lines)) : .postponed(.found(error.lines))
    }
  }
}
