import CKernels

/// A `.tflite` model, verified: immutable, and safe to run without another check.
///
/// It owns an aligned copy of the file, in which the constants stay where they are, one small table
/// a weighted operator, and the plan of the arena. Any number of interpreters may share it.
package final class Model: @unchecked Sendable {  // Immutable after init.
  /// The graph's inputs and outputs, in the model's order.
  package let inputs: [TensorInfo]
  package let outputs: [TensorInfo]
  /// Every tensor and every operator, in the file's order; after those of the main subgraph those
  /// that initialize its states.
  package let tensors: [TensorInfo]
  package let nodes: [NodeInfo]
  /// Multiplications of weights in one inference.
  package let multiplyAccumulates: Int
  /// Bytes of the arena that one interpreter allocates, scratch included.
  package var arenaBytes: Int { plan.arenaBytes }
  /// Bytes of the file's copy, constants included.
  package var fileBytes: Int { file.bytes.count }
  /// Bytes of the tables (biases and multipliers) that stand beside the file.
  package var tableBytes: Int { tables.bytes }
  /// Bytes of the arena that are remembered from one inference to the next; 0 for a model whose
  /// outputs depend on its inputs alone.
  package var stateBytes: Int { graph.states.reduce(0) { $0 + $1.byteCount } }

  let plan: MemoryPlan
  let graph: Graph
  let operators: [Operator]
  /// What runs before the first inference, after the states have their initial bytes.
  let initialization: [Operator]
  private let file: FileCopy
  private let tables: Tables

  /// Reads and verifies a model: structure, graph, operators, memory; nothing in it is trusted.
  ///
  /// - Parameter bytes: the whole file; copied, so that it may go afterwards.
  /// - Throws: the first fault found.
  /// - Complexity: linear in the file, whose bytes are visited at most four times over, and
  ///   quadratic in the count of tensors.
  package convenience init(
    copying bytes: UnsafeRawBufferPointer, limits: ModelLimits = .standard
  ) throws(ModelError) {
    guard bytes.count <= limits.fileBytesMax else {
      throw .fileTooLarge(bytes: bytes.count, limit: limits.fileBytesMax)
    }
    // Before the copy: what is no model at all costs no memory.
    try FlatBuffer(bytes).require(identifier: Schema.identifier)
    let file = try FileCopy(bytes)
    try self.init(file, FlatBuffer(file.bytes), limits: limits)
  }

  init(_ file: FileCopy, _ reader: FlatBuffer, limits: ModelLimits) throws(ModelError) {
    self.file = file
    let written = try ModelReader.read(reader, limits: limits)
    try GraphOrder.verify(written)

    let setup = Setup(reader)
    setup.owned = OwnedConstants(written)
    let folding = try ConstantFolding(written, setup)
    let steps = folding.steps
    try Self.requireWork(steps, limit: limits.workMax)
    var graph = folding.graph
    try StateFinder.find(in: &graph)
    self.graph = graph
    operators = steps[..<graph.mainNodeCount].compactMap { $0.isFolded ? nil : $0.operation }
    initialization = steps[graph.mainNodeCount...].compactMap { $0.isFolded ? nil : $0.operation }
    tables = setup.tables
    plan = MemoryPlan(graph, steps)
    guard plan.arenaBytes <= limits.arenaBytesMax else {
      throw .arenaTooLarge(bytes: plan.arenaBytes, limit: limits.arenaBytesMax)
    }
    tensors = graph.tensors.map { TensorInfo($0, in: graph) }
    inputs = graph.inputs.map { [tensors] in tensors[$0] }
    outputs = graph.outputs.map { [tensors] in tensors[$0] }
    nodes = zip(graph.nodes, steps).map(NodeInfo.init)
    multiplyAccumulates = nodes[..<graph.mainNodeCount].reduce(0) {
      $0 + $1.multiplyAccumulates
    }
  }

  /// One inference, and the initialization, are no more than `limit` steps of work.
  private static func requireWork(_ steps: [Step], limit: Int) throws(ModelError) {
    var work = 0
    for step in steps {
      work += step.work
      // After each, so that no sum overflows.
      guard work <= limit else { throw .workTooMuch(steps: work, limit: limit) }
    }
  }
}

/// The model's own copy of its file, on a cache line.
final class FileCopy {
  let bytes: UnsafeRawBufferPointer

  init(_ source: UnsafeRawBufferPointer) throws(ModelError) {
    guard let memory = ck_allocate(source.count) else {
      throw .memoryUnavailable(bytes: source.count)
    }
    let copy = UnsafeMutableRawBufferPointer(start: memory, count: source.count)
    copy.copyMemory(from: source)
    bytes = UnsafeRawBufferPointer(copy)
  }

  deinit { ck_release(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
}
