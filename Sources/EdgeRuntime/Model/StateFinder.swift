/// Finds all memory of a model: the states of SVDF and LSTM, and the variables that handles name.
///
/// A variable's declaration has no size. The first assignment in the file gives the variable its
/// type, size and initial value, and every other use must agree with it.
struct StateFinder {
  private struct Variable {
    let name: VariableName
    let handle: Int
    /// The value of the first assignment; nil until one is found.
    var value: Tensor?
  }

  private var variables: [Variable] = []
  /// For each tensor, the variable that it names as a handle; nil for all others.
  private var variableOfHandle: [Int?]

  /// Fills in `graph.states`, and for each handle the state that it names.
  ///
  /// - Parameter graph: its order must be verified and every operator prepared.
  static func find(in graph: inout Graph) throws(ModelError) {
    var finder = StateFinder(variableOfHandle: Array(repeating: nil, count: graph.tensors.count))
    for node in graph.nodes where node.kind == .varHandle { try finder.name(node) }
    for node in graph.nodes where node.kind == .assignVariable { try finder.assign(node) }
    for node in graph.nodes where node.kind == .readVariable { try finder.read(node) }
    finder.collect(into: &graph)
  }

  private mutating func name(_ node: Node) throws(ModelError) {
    let (name, handle) = (try VarHandle.name(node), node.outputs[0].index)
    if let known = variables.firstIndex(where: { $0.name == name }) {
      variableOfHandle[handle] = known
      return
    }
    variableOfHandle[handle] = variables.count
    variables.append(Variable(name: name, handle: handle))
    guard variables.count <= RuntimeLimits.variablesMax else {
      throw .tooMany(.variables, found: variables.count, limit: RuntimeLimits.variablesMax)
    }
  }

  private mutating func assign(_ node: Node) throws(ModelError) {
    let (variable, value) = (try variable(node), try node.input(1))
    if variables[variable].value == nil { variables[variable].value = value }
    try require(node, value, in: variable)
  }

  private func read(_ node: Node) throws(ModelError) {
    let variable = try variable(node)
    guard variables[variable].value != nil else {
      throw .variableNotAssigned(node: node.index, tensor: try node.input(0).index)
    }
    try require(node, node.outputs[0], in: variable)
  }

  /// `GraphOrder` has proved that handles come only from VAR_HANDLE.
  private func variable(_ node: Node) throws(ModelError) -> Int {
    let handle = try node.input(0).index
    guard let variable = variableOfHandle[handle] else {
      throw .readBeforeWritten(node: node.index, tensor: handle)
    }
    return variable
  }

  private func require(
    _ node: Node, _ tensor: Tensor, in variable: Int
  ) throws(ModelError) {
    guard let value = variables[variable].value, value.type == tensor.type,
      value.shape.count == tensor.shape.count
    else { throw .variableDiffers(node: node.index, tensor: tensor.index) }
  }

  private func collect(into graph: inout Graph) {
    for node in graph.nodes {
      for position in node.kind.stateInputs where position < node.inputs.count {
        guard let state = node.inputs[position] else { continue }
        let zero = state.type == .int8 ? state.quantization.zeroPoints.first ?? 0 : 0
        graph.states.append(
          State(
            tensor: state.index, byteCount: state.byteCount,
            initialByte: UInt8(truncatingIfNeeded: zero)))
      }
    }
    var stateOfVariable: [Int?] = []
    for variable in variables {
      stateOfVariable.append(variable.value == nil ? nil : graph.states.count)
      guard let value = variable.value else { continue }
      // The reference fills every byte with the zero point, for every type.
      graph.states.append(
        State(
          tensor: variable.handle, byteCount: value.byteCount,
          initialByte: UInt8(truncatingIfNeeded: value.quantization.zeroPoints.first ?? 0)))
    }
    for tensor in graph.tensors.indices {
      guard let variable = variableOfHandle[tensor] else { continue }
      graph.tensors[tensor].variable = stateOfVariable[variable]
    }
  }
}

extension OperatorKind {
  /// The positions of the inputs that are the operator's memory, which it reads and writes.
  var stateInputs: Range<Int> {
    switch self {
    case .svdf: SVDF.stateInputs
    case .unidirectionalSequenceLSTM: UnidirectionalSequenceLSTM.stateInputs
    default: 0..<0
    }
  }

  /// Whether the input is a handle of a variable.
  func takesHandle(_ position: Int) -> Bool {
    (self == .readVariable || self == .assignVariable) && position == 0
  }
}
