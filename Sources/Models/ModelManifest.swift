import Text

/// `model.toml`: what a model's file does not say about itself.
package struct ModelManifest: Equatable, Sendable {
  /// 1…64 of `A-Z a-z 0-9 . _ -`, as are the version and the folders of a bundle.
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
  /// The identity when nil.
  package var scaling: ModelScaling?
  /// 1…64, all different, in the order of the model's output.
  package var labels: [String]
  /// `kind = "reconstruction"`: the model gives its window back, and its one label is `anomaly`:
  /// how badly it does.
  package var reconstructs = false
  var limits: BundleClaims

  /// One for each of `features`.
  var featurePlaces: [SourcePlace]
  var windowPlace: SourcePlace
  var labelsPlace: SourcePlace
}

/// The most that the model needs, as its maker says. A board on which it takes more refuses it.
struct BundleClaims: Equatable, Sendable {
  /// Bytes; the runtime's own limit when nil.
  var arenaBytesMax: Int?
  /// Any time will do when nil.
  var inference: TimeClaim?

  struct TimeClaim: Equatable, Sendable {
    var nanosecondsMax: Int64
    var place: SourcePlace
  }
}

/// One axis of the model's input.
package struct ModelFeature: Equatable, Sendable {
  package var name: String
  /// Empty when the model does not care.
  package var unit: String
}

/// x′ = clamp((x − offset) / divide, lower, upper), with one offset and one divisor a feature.
///
/// All numbers are finite in single precision too, in which the runtime computes.
package struct ModelScaling: Equatable, Sendable {
  package var offset: [Double]
  /// None is 0.
  package var divide: [Double]
  /// Below `upper`.
  package var lower: Double
  package var upper: Double
}
