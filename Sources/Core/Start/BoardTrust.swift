import Config
import Models
import Trust

/// What this board demands of its models, as its configuration and its folder of keys say.
package struct BoardTrust {
  package let bundles: BundleTrust
  /// What a person has to know of it at every start; nil where keys vouch for every model.
  package let news: News?

  package enum News: Equatable {
    /// `trust = "none"` is written.
    case decided
    /// Nothing is written, and the default folder has no keys.
    case undecided(folder: String)
  }

  /// Reads the keys, to find what is wrong with them before any model is loaded.
  ///
  /// - Parameter defaultFolder: where keys are looked for when nothing is written.
  /// - Throws: `.trust` where keys are asked for or there, and are of no use: an owner who asked
  ///   for verification must not get none.
  @export(interface)
  package init(
    _ configuration: Configuration, defaultFolder: String = TrustPolicy.defaultFolder
  ) throws(StartError) {
    let policy = configuration.trust
    let folder: String
    switch policy.choice {
    case .named, .none:
      bundles = .nothing
      news = policy.choice == .none && !configuration.pipelines.isEmpty ? .decided : nil
      return
    case .keys(let written): folder = written
    case .unwritten: folder = defaultFolder
    }
    do throws(TrustError) {
      _ = try TrustedKeys(folder: folder)
      (bundles, news) = (BundleTrust(keys: folder), nil)
    } catch {
      guard policy.choice == .unwritten, error.isOfNoKeys else {
        throw .trust(place: policy.place, error)
      }
      bundles = .nothing
      news = configuration.pipelines.isEmpty ? nil : .undecided(folder: folder)
    }
  }
}
