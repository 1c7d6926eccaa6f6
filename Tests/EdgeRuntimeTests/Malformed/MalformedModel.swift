@testable import EdgeRuntime

/// A sound model with one fault.
struct MalformedModel: Sendable, CustomStringConvertible {
  enum Expected: Sendable {
    case error(ModelError)
    /// For an operator that may be added later: any refusal that names the place.
    /// `.operatorUnsupported` is accepted only while the operator is not built in.
    case place(operator: String)
  }

  let name: String
  let sound: ModelBuilder
  let expected: Expected
  let change: @Sendable (inout ModelBuilder) -> Void

  init(
    _ name: String, in sound: ModelBuilder = .fullyConnected(), _ error: ModelError,
    _ change: @escaping @Sendable (inout ModelBuilder) -> Void
  ) {
    (self.name, self.sound, expected, self.change) = (name, sound, .error(error), change)
  }

  /// - Parameter operator: TensorFlow Lite's name of the operator in `sound`.
  init(
    _ name: String, operator: String, _ sound: ModelBuilder,
    _ change: @escaping @Sendable (inout ModelBuilder) -> Void
  ) {
    (self.name, self.sound, self.change) = ("\(`operator`): \(name)", sound, change)
    expected = .place(operator: `operator`)
  }

  var description: String { name }

  var changed: ModelBuilder {
    var model = sound
    change(&model)
    return model
  }

  /// Whether the operator is built in.
  var isBuiltIn: Bool {
    guard case .place(let name) = expected else { return true }
    return OperatorName.supported.contains(name)
  }

  /// Whether `error` is the right error for the fault.
  func accepts(_ error: ModelError?) -> Bool {
    guard let error else { return false }
    switch expected {
    case .error(.visitedTooMuch):
      if case .visitedTooMuch = error { return true } else { return false }
    case .error(.arenaTooLarge):
      if case .arenaTooLarge = error { return true } else { return false }
    // Compared as texts: NaN is not equal to itself.
    case .error(let expected): return "\(error)" == "\(expected)"
    case .place:
      if case .operatorUnsupported = error { return !isBuiltIn }
      let text = "\(error)"
      return text.contains("node: 0") || text.contains("tensor: ") || text.contains("buffer: ")
    }
  }

  /// Every class; each has one file.
  static let all: [MalformedModel] = [
    aliasedOperands, accumulatorOverflows, axesOutOfRange, brokenStructures, constantIndices,
    cycles, divisorsOfZero, emptyTensors, filterGroups, missingBuffers, negativeTensorIndices,
    quantizationParameters, runtimeIndices, shapeMismatches, sizeOverflows, sparseTensors,
    unboundedWork, unknownOperators,
  ].flatMap { $0 }
}

extension ModelBuilder {
  /// One operator, named as TensorFlow Lite does, whether or not it is built in.
  mutating func node(
    named name: String, version: Int32 = 1, _ inputs: [Int32], _ outputs: [Int32],
    type: UInt8 = 0, _ options: [Int: Flat] = [:]
  ) {
    let code = (0..<210).first { OperatorName.name(of: $0) == name }!
    nodes.append(
      Node(
        kind: .add, inputs: inputs, outputs: outputs, optionsType: type, options: options,
        code: code, version: version))
  }

  /// x → one operator, perhaps with integer constants after or before x → outputs alike.
  static func single(
    _ name: String, version: Int32 = 1, _ shape: [Int32], to outputs: [[Int32]],
    outputType: ElementType = .int8, constants: [([Int32], [Int32])] = [],
    constantFirst: Bool = false, type: UInt8 = 0, _ options: [Int: Flat] = [:]
  ) -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.tensor(shape)
    let integers = constants.map { model.constant($0.0, int32: $0.1) }
    let ys = outputs.map { model.tensor($0, outputType) }
    for y in ys where outputType == .int32 {
      (model.tensors[Int(y)].scales, model.tensors[Int(y)].zeroPoints) = ([], [])
    }
    model.node(
      named: name, version: version, constantFirst ? integers + [x] : [x] + integers, ys,
      type: type, options)
    (model.inputs, model.outputs) = ([x], ys)
    return model
  }

  mutating func setIntegers(_ buffer: Int, _ values: [Int32]) {
    buffers[buffer] = values.flatMap(Flat.littleEndian)
  }
}
