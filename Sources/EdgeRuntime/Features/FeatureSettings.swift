/// How samples become the model's input, as the model's manifest says.
package struct FeatureSettings: Sendable, Equatable {
  /// Samples in a window.
  package var steps: Int
  /// Values in a sample, in the order of the model's features.
  package var axes: Int
  /// Samples between two windows; `steps` for windows that do not overlap.
  package var stride: Int
  /// The scaling of each axis.
  package var scaling: [AxisScaling]
  /// The model is an autoencoder: its one score is how badly it gives the window back.
  package var reconstructs: Bool

  /// - Parameter scaling: nil leaves all axes unchanged.
  package init(
    steps: Int, axes: Int, stride: Int, scaling: [AxisScaling]? = nil, reconstructs: Bool = false
  ) {
    self.reconstructs = reconstructs
    self.steps = steps
    self.axes = axes
    self.stride = stride
    self.scaling = scaling ?? Array(repeating: .identity, count: max(0, axes))
  }
}

/// Why a model and its feature settings do not fit each other.
package enum ScorerError: Error, Equatable {
  case stepsOutOfRange(found: Int, limit: Int)
  case axesOutOfRange(found: Int, limit: Int)
  case strideOutOfRange(found: Int, limit: Int)
  case scalingCount(found: Int, expected: Int)
  case scalingInvalid(axis: Int)
  case inputCount(found: Int)
  case outputCount(found: Int)
  /// The model's input has `found` elements, but steps · axes is `expected`.
  case inputElements(found: Int, expected: Int)
  /// The output of an autoencoder has `found` elements, its input `expected`.
  case outputElements(found: Int, expected: Int)
  case inputType(ElementType)
  case outputType(ElementType)
  case inputNotQuantized
  case outputNotQuantized
  case model(ModelError)
}
