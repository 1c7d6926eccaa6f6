import Text

/// `model.toml`: what a model's file does not say about the model.
package struct ModelManifest: Equatable, Sendable {
  /// 1…64 characters of `A-Z a-z 0-9 . _ -`. The version has the same form, and so have the folders
  /// of a bundle.
  package var name: String
  package var version: String
  /// An SPDX expression.
  var licence: String
  /// The oldest agent that understands the model.
  var minimumAgent: SemanticVersion
  /// One sentence.
  var summary: String
  /// Samples a second.
  package var rateHertz: Double
  /// Samples in a window, 1…4096.
  package var window: Int
  /// Samples between two scores, 1…`window`.
  package var stride: Int
  /// 1…32, with different names, in the order of the model's input.
  package var features: [ModelFeature]
  /// nil: the model takes the values as they are.
  package var scaling: ModelScaling?
  /// 1…64, all different, in the order of the model's output.
  package var labels: [String]
  /// `kind = "reconstruction"`: the model gives its window back. Its one label is `anomaly`, and
  /// the score says how badly it does.
  package var reconstructs = false
  var limits: BundleClaims

  /// The places of the `features` in the file, one for each.
  var featurePlaces: [SourcePlace]
  var windowPlace: SourcePlace
  var labelsPlace: SourcePlace
}

/// The most that the model needs, as its maker says. A board on which it takes more refuses the
/// model.
struct BundleClaims: Equatable, Sendable {
  /// Bytes; nil means the runtime's own limit.
  var arenaBytesMax: Int?
  /// The most time of one inference; nil means any time.
  var inference: TimeClaim?

  struct TimeClaim: Equatable, Sendable {
    var nanosecondsMax: Int64
    var place: SourcePlace
  }
}

/// One axis of the model's input.
package struct ModelFeature: Equatable, Sendable {
  package var name: String
  /// Empty when the model takes any unit.
  package var unit: String
}

/// x′ = clamp((x − offset) / divide, lower, upper), with one offset and one divisor a feature.
///
/// All numbers are finite in single precision too, because the runtime computes in it.
package struct ModelScaling: Equatable, Sendable {
  package var offset: [Double]
  /// No divisor is 0.
  package var divide: [Double]
  /// The lower bound is below `upper`.
  package var lower: Double
  package var upper: Double
}
