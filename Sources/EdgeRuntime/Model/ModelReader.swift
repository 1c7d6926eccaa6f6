/// Reads bytes into a graph. It reads every table of the file once, and checks every count, index,
/// product of dimensions and quantization parameter before it uses it.
///
/// It checks each tensor and each operator alone: that versions, types and operators are known,
/// that indices are in range, and that constants are as long as their shapes say. `GraphOrder` and
/// `StateFinder` check the whole graph, and each operator's `prepare` checks the rest. `ModelError`
/// lists the faults in this order.
///
/// One reader reads one subgraph: the main one, then those that initialize its states.
struct ModelReader {
  private let limits: ModelLimits
  private let buffers: FlatTables
  private let tensors: FlatTables
  private let operatorCodes: FlatTables
  private let operators: FlatTables
  private let subgraph: FlatTable
  private let subgraphCount: Int
  /// The numbers of the subgraph's first tensor and first node in the whole graph.
  private let firstTensor: Int
  private let firstNode: Int
  private let file: FlatBuffer

  static func read(_ file: FlatBuffer, limits: ModelLimits) throws(ModelError) -> Graph {
    var graph = Graph()
    let main = try ModelReader(file, limits: limits, subgraph: 0, after: graph)
    try main.append(to: &graph)
    graph.mainNodeCount = graph.nodes.count
    let called = try CalledSubgraphs.find(graph.nodes, count: main.subgraphCount)
    guard main.subgraphCount == 1 + called.count else {
      throw .subgraphCount(found: main.subgraphCount)
    }
    for index in called {
      try ModelReader(file, limits: limits, subgraph: index, after: graph).append(to: &graph)
    }
    try CalledSubgraphs.requireNone(in: graph.nodes[graph.mainNodeCount...])
    return graph
  }

  private func append(to graph: inout Graph) throws(ModelError) {
    // This comes first, because "this model needs LSTM" tells a user more than a fault of its
    // tensors.
    var kinds: [(kind: OperatorKind, version: Int32)] = []
    for index in 0..<operators.count { kinds.append(try kind(index)) }
    let metadata = try metadata(kinds)
    for index in 0..<tensors.count {
      graph.tensors.append(try tensor(index, mayBeEmpty: metadata[index]))
    }
    let inputs = try graphOperands(Schema.Subgraph.inputs, .graphInputs)
    let outputs = try graphOperands(Schema.Subgraph.outputs, .graphOutputs)
    if firstNode == 0 { (graph.inputs, graph.outputs) = (inputs, outputs) }
    for index in 0..<operators.count {
      let node = try node(index, kinds[index], graph.tensors)
      graph.operandCount += node.inputs.count + node.outputs.count
      guard graph.operandCount <= RuntimeLimits.operandsOfAllMax else {
        throw .tooMany(
          .operands, found: graph.operandCount, limit: RuntimeLimits.operandsOfAllMax)
      }
      graph.nodes.append(node)
    }
  }

  private init(
    _ file: FlatBuffer, limits: ModelLimits, subgraph index: Int, after graph: Graph
  ) throws(ModelError) {
    self.file = file
    self.limits = limits
    let model = try file.root(identifier: Schema.identifier)
    let version: UInt32 = try model.integer(Schema.Model.version)
    guard version == Schema.version else { throw .schemaVersionUnsupported(found: version) }
    let subgraphs = try Self.tables(
      model, Schema.Model.subgraphs, .subgraphs, limit: Int(UInt32.max))
    subgraphCount = subgraphs.count
    subgraph = try subgraphs.table(index)
    (firstTensor, firstNode) = (graph.tensors.count, graph.nodes.count)
    operatorCodes = try Self.tables(
      model, Schema.Model.operatorCodes, .operatorCodes, limit: RuntimeLimits.operatorCodesMax)
    buffers = try Self.tables(
      model, Schema.Model.buffers, .buffers, limit: RuntimeLimits.buffersMax)
    tensors = try Self.tables(
      subgraph, Schema.Subgraph.tensors, .tensors,
      limit: RuntimeLimits.tensorsMax - firstTensor)
    operators = try Self.tables(
      subgraph, Schema.Subgraph.operators, .operators,
      limit: RuntimeLimits.operatorsMax - firstNode)
  }

  private static func tables(
    _ table: FlatTable, _ field: Int, _ part: ModelPart, limit: Int
  ) throws(ModelError) -> FlatTables {
    guard let tables = try table.tables(field), tables.count > 0 else { throw .missing(part) }
    guard tables.count <= limit else {
      throw .tooMany(part, found: tables.count, limit: limit)
    }
    return tables
  }

  // MARK: Operators

  private func graphOperands(_ field: Int, _ part: ModelPart) throws(ModelError) -> [Int] {
    let indices = try indices(subgraph, field, part)
    guard firstNode == 0 else {
      // An initialization has no caller that could give it inputs or take its outputs.
      guard indices.isEmpty else { throw .tooMany(part, found: indices.count, limit: 0) }
      return indices
    }
    guard !indices.isEmpty else { throw .missing(part) }
    for index in indices {
      guard index >= 0, index < tensors.count else {
        throw .tensorIndexOutOfRange(node: nil, index: index, count: tensors.count)
      }
    }
    return indices
  }

  private func indices(
    _ table: FlatTable, _ field: Int, _ part: ModelPart
  ) throws(ModelError) -> [Int] {
    guard let vector = try table.vector(field, of: Int32.self) else { return [] }
    guard vector.count <= RuntimeLimits.operandsMax else {
      throw .tooMany(part, found: vector.count, limit: RuntimeLimits.operandsMax)
    }
    try file.visit(vector.bytes.count)
    var indices: [Int] = []
    for position in 0..<vector.count { indices.append(Int(vector[position])) }
    return indices
  }

  /// The tensors of the subgraph that an LSTM lists beside its operands.
  private func metadata(
    _ kinds: [(kind: OperatorKind, version: Int32)]
  ) throws(ModelError) -> [Bool] {
    var metadata = [Bool](repeating: false, count: tensors.count)
    for index in kinds.indices where kinds[index].kind == .unidirectionalSequenceLSTM {
      let table = try operators.table(index)
      for tensor in try indices(table, Schema.Operator.intermediates, .operatorInputs) {
        guard tensor >= 0, tensor < tensors.count else {
          throw .tensorIndexOutOfRange(
            node: firstNode + index, index: tensor, count: tensors.count)
        }
        metadata[tensor] = true
      }
    }
    return metadata
  }

  /// The kind and version that the node's operator code says, if the kind is on the list of
  /// operators.
  private func kind(_ local: Int) throws(ModelError) -> (kind: OperatorKind, version: Int32) {
    let node = firstNode + local
    let index: UInt32 = try operators.table(local).integer(Schema.Operator.opcodeIndex)
    guard index < operatorCodes.count else {
      throw .operatorCodeOutOfRange(node: node, index: Int(index), count: operatorCodes.count)
    }
    let code = try operatorCodes.table(Int(index))
    // Codes above 127 did not fit the first field, so there is a second one. Readers take the
    // larger of the two.
    let narrow: Int8 = try code.integer(Schema.OperatorCode.deprecatedBuiltinCode)
    let wide: Int32 = try code.integer(Schema.OperatorCode.builtinCode)
    let version: Int32 = try code.integer(Schema.OperatorCode.version, default: 1)
    guard let kind = OperatorKind(rawValue: max(Int32(narrow), wide)) else {
      throw .operatorUnsupported(
        node: node, builtinCode: max(Int32(narrow), wide), version: version)
    }
    return (kind, version)
  }

  private func node(
    _ local: Int, _ code: (kind: OperatorKind, version: Int32), _ tensors: [Tensor]
  ) throws(ModelError) -> Node {
    let index = firstNode + local
    let table = try operators.table(local)
    var inputs: [Tensor?] = []
    for operand in try indices(table, Schema.Operator.inputs, .operatorInputs) {
      inputs.append(operand == -1 ? nil : try tensor(operand, of: tensors, node: index))
    }
    // Packed elements have no addresses, so only operators that unpack them may have them as
    // inputs.
    for input in inputs where !code.kind.takesPackedWeights {
      guard let input, input.type.byteCount == nil else { continue }
      throw .operandType(node: index, tensor: input.index, found: input.type)
    }
    var outputs: [Tensor] = []
    for operand in try indices(table, Schema.Operator.outputs, .operatorOutputs) {
      outputs.append(try tensor(operand, of: tensors, node: index))
    }
    return Node(
      index: index, kind: code.kind, version: code.version, inputs: inputs, outputs: outputs,
      optionsType: try table.integer(Schema.Operator.optionsType),
      options: try table.table(Schema.Operator.options))
  }

  private func tensor(
    _ operand: Int, of tensors: [Tensor], node: Int
  ) throws(ModelError) -> Tensor {
    guard operand >= 0, operand < self.tensors.count else {
      throw .tensorIndexOutOfRange(node: node, index: operand, count: self.tensors.count)
    }
    let tensor = tensors[firstTensor + operand]
    guard tensor.role != .metadata else { throw emptyTensor(tensor.index) }
    return tensor
  }

  // MARK: Tensors

  private func tensor(_ local: Int, mayBeEmpty: Bool) throws(ModelError) -> Tensor {
    let index = firstTensor + local
    let table = try tensors.table(local)
    if mayBeEmpty, try isEmpty(table) {
      return Tensor(
        index: index, name: try name(table), type: .float32, shape: Shape([0]),
        quantization: Quantization(), constant: nil, role: .metadata)
    }
    let code: UInt8 = try table.integer(Schema.Tensor.type)
    let bufferIndex: UInt32 = try table.integer(Schema.Tensor.buffer)
    let constant = try constant(Int(bufferIndex), tensor: index)
    guard let type = ElementType(rawValue: code),
      type.byteCount != nil || (constant != nil && type.constantBytes(1) != nil)
    else { throw .tensorTypeUnsupported(tensor: index, type: code) }
    let isState = try table.bool(Schema.Tensor.isVariable)
    guard try table.table(Schema.Tensor.sparsity) == nil else {
      throw .tensorSparse(tensor: index)
    }
    guard !isState || constant == nil else { throw .tensorVariable(tensor: index) }
    // A constant is in the file and any other tensor is in the arena, so a tensor cannot be larger
    // than that.
    let bytesMax = constant == nil ? limits.arenaBytesMax : file.bytes.count
    let shape = try shape(table, tensor: index, type: type, bytesMax: bytesMax)
    if let constant, let expected = type.constantBytes(shape.count), constant.count != expected {
      throw .constantBytes(tensor: index, found: constant.count, expected: expected)
    }
    return Tensor(
      index: index, name: try name(table), type: type, shape: shape,
      quantization: try QuantizationReader(file: file, tensor: index, type: type, shape: shape)
        .read(table.table(Schema.Tensor.quantization)),
      constant: constant, role: isState ? .state : .ordinary)
  }

  private func isEmpty(_ table: FlatTable) throws(ModelError) -> Bool {
    guard let shape = try table.vector(Schema.Tensor.shape, of: Int32.self) else { return false }
    return shape.count == 1 && shape[0] == 0
  }

  private func emptyTensor(_ index: Int) -> ModelError {
    .dimensionOutOfRange(tensor: index, axis: 0, found: 0, limit: RuntimeLimits.dimensionMax)
  }

  private func shape(
    _ table: FlatTable, tensor: Int, type: ElementType, bytesMax: Int
  ) throws(ModelError) -> Shape {
    var shape = Shape()
    guard let vector = try table.vector(Schema.Tensor.shape, of: Int32.self) else { return shape }
    guard vector.count <= RuntimeLimits.rankMax else {
      throw .rankTooHigh(tensor: tensor, rank: vector.count, limit: RuntimeLimits.rankMax)
    }
    try file.visit(vector.bytes.count)
    var elements = 1
    for axis in 0..<vector.count {
      let dimension = Int(vector[axis])
      guard dimension >= 1, dimension <= RuntimeLimits.dimensionMax else {
        throw .dimensionOutOfRange(
          tensor: tensor, axis: axis, found: dimension, limit: RuntimeLimits.dimensionMax)
      }
      shape.append(dimension)
      // Each factor is at most 2²⁰ and the product before it is at most 2 · bytesMax. So there is
      // no overflow, not even for handles, whose elements have no bytes.
      elements *= dimension
      guard elements <= 2 * bytesMax, let bytes = type.constantBytes(elements), bytes <= bytesMax
      else {
        throw .tensorTooLarge(tensor: tensor, limit: bytesMax)
      }
    }
    return shape
  }

  /// The bytes of a constant; nil when the buffer holds none. They are aligned to 4, like the count
  /// before them. Converters align elements of 8 bytes (the biases of int16 models) no better, so
  /// kernels read those with `loadUnaligned`.
  private func constant(
    _ index: Int, tensor: Int
  ) throws(ModelError) -> UnsafeRawBufferPointer? {
    guard index < buffers.count else {
      throw .bufferOutOfRange(tensor: tensor, buffer: index, count: buffers.count)
    }
    let table = try buffers.table(index)
    // The offset of data after the FlatBuffer, for models above 2 GiB. 0 and 1 mean that there is
    // none.
    let offset: UInt64 = try table.integer(Schema.Buffer.offset)
    let size: UInt64 = try table.integer(Schema.Buffer.size)
    guard offset <= 1, size <= 1 else { throw .bufferExternal(buffer: index) }
    guard let data = try table.vector(Schema.Buffer.data, of: UInt8.self), data.count > 0 else {
      return nil
    }
    return data.bytes
  }

  private func name(_ table: FlatTable) throws(ModelError) -> String {
    guard let vector = try table.vector(Schema.Tensor.name, of: UInt8.self) else { return "" }
    let count = min(vector.count, RuntimeLimits.nameBytesMax)
    try file.visit(count)
    return String(decoding: UnsafeRawBufferPointer(rebasing: vector.bytes[..<count]), as: UTF8.self)
  }
}
