extension ScorerError {
  package var message: String {
    @export(interface)
    get {
      switch self {
      case .stepsOutOfRange(let found, let limit): "window of \(found); allowed are 1 to \(limit)"
      case .axesOutOfRange(let found, let limit): "\(found) features; allowed are 1 to \(limit)"
      case .strideOutOfRange(let found, let limit): "stride \(found); allowed are 1 to \(limit)"
      case .scalingCount(let found, let expected): "\(found) scalings for \(expected) features"
      case .scalingInvalid(let axis): "the scaling of feature \(axis + 1) cannot be computed"
      case .inputCount(let found): "the model has \(counted(found, "input")), expected 1"
      case .outputCount(let found): "the model has \(counted(found, "output")), expected 1"
      case .inputElements(let found, let expected):
        "the model takes \(counted(found, "value")), window × features are \(expected)"
      case .outputElements(let found, let expected):
        "the model gives \(counted(found, "value")); an autoencoder gives back all \(expected) of its "
          + "input"
      case .inputType(let type): "the model's input is \(type.name); int8 or float32 is needed"
      case .outputType(let type): "the model's output is \(type.name); int8 or float32 is needed"
      case .inputNotQuantized: "the model's input has no scale"
      case .outputNotQuantized: "the model's output has no scale"
      case .model(let error): error.message
      }
    }
  }
}
