import Config
import Models
import Store
import System
import Trust

/// Bundles that sync has downloaded, and that it asks the core to adopt. The core reads each file
/// once, verifies what it has read, and writes those bytes into the models folder. Sync can write
/// nothing that the core trusts.
///
/// The models' thread, one at a time.
extension ModelAdopter {
  /// Answers one wish.
  func attendWishes() {
    guard let (number, wish) = door?.takeWish() else { return }
    let verdict = adopt(wish)
    if case .adopted(.current) = verdict {
    } else {
      Log.write(.notice, WishText.answered(wish, verdict))
    }
    door?.put(verdict: AdoptionAnswer.bytes(verdict), number: number)
  }

  private func adopt(_ wish: DoorWish) -> AdoptionVerdict {
    guard let reference = InstallReference("\(wish.name)/\(wish.version)"),
      let staging = configuration.sync?.staging
    else { return .postponed(.found([WishText.noStaging])) }
    // What sync says of the registry's word may be a lie, and a pipeline may take none.
    let triers = configuration.pipelines(trying: wish.name)
    let isWaived = wish.waivesTrial && !triers.contains { $0.trial.always }
    let policy: TrialPolicy = isWaived ? .waived : triers.isEmpty ? .notAsked : .asked
    let adoption = Adoption(
      reference: reference, isHere: wish.isHere, isChosen: wish.isChosen,
      trial: policy, place: reference.text, foreignStaging: staging)
    do throws(TrustError) {
      // Nothing comes from outside before an owner has decided.
      let keys = try configuration.trust.folder.map { (folder) throws(TrustError) in
        try TrustedKeys(folder: folder)
      }
      do throws(ModelsError) {
        return try Installer(models: models, trust: keys, now: TrustedTime.now()).verdict(adoption)
      } catch {
        return .postponed(.found(error.lines))
      }
    } catch {
      return .postponed(.found(error.lines))
    }
  }
}

enum WishText {
  static let noStaging = "sync has no folder of its own here: state in [sync] names one"

  static func answered(_ wish: DoorWish, _ verdict: AdoptionVerdict) -> String {
    let name = "\(wish.name)/\(wish.version)"
    switch verdict {
    case .adopted: return "\(name) is verified and installed"
    case .refused(.found(let lines)): return "\(name) from sync is refused: \(lines.first ?? "")"
    case .postponed(.found(let lines)): return "\(name) from sync has to wait: \(lines.first ?? "")"
    case .refused, .postponed, .cancelled: return "\(name) from sync is not adopted"
    }
  }
}
