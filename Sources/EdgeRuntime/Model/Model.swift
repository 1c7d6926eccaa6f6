import CKernels

/// A verified `.tflite` model. It is immutable, and safe to run without another check.
///
/// It owns an aligned copy of the file, in which the constants stay in place, one small table for
/// each operator with weights, and the plan of the arena. Any number of interpreters may share it.
package final class Model: @unchecked Sendable {  // Immutable after init.
  /// The graph's inputs and outputs, in the model's order.
  package let inputs: [TensorInfo]
  package let outputs: [TensorInfo]
  /// Every tensor and every operator, in the file's order: first those of the main subgraph, then
  /// those that initialize its states.
  package let tensors: [TensorInfo]
  package let nodes: [NodeInfo]
  /// Multiplications of weights in one inference.
  package let multiplyAccumulates: Int
  /// The bytes of the arena that one interpreter allocates, with scratch.
  package var arenaBytes: Int { plan.arenaBytes }
  /// The bytes of the file's copy, with the constants.
  package var fileBytes: Int { file.bytes.count }
  /// The bytes of the tables (biases and multipliers) that were made beside the file.
  package var tableBytes: Int { tables.bytes }
  /// The bytes of the arena that are remembered from one inference to the next; 0 for a model whose
  /// outputs depend only on its inputs.
  package var stateBytes: Int { graph.states.reduce(0) { $0 + $1.byteCount } }

  let plan: MemoryPlan
  let graph: Graph
  let operators: [Operator]
  /// The operators that run before the first inference, after the states have their initial bytes.
  let initialization: [Operator]
  private let file: FileCopy
  private let tables: Tables

  /// Reads and verifies a model: structure, graph, operators and memory. It trusts nothing in the
  /// file.
  ///
  /// - Parameter bytes: the whole file. It is copied, so the caller may free it afterwards.
  /// - Throws: the first fault that it finds.
  /// - Complexity: linear in the file, of which each byte is read about four times at most, and
  ///   quadratic in the count of tensors.
  @export(interface)
  package convenience init(
    copying bytes: UnsafeRawBufferPointer, limits: ModelLimits = .standard
  ) throws(ModelError) {
    guard bytes.count <= limits.fileBytesMax else {
      throw .fileTooLarge(bytes: bytes.count, limit: limits.fileBytesMax)
    }
    // This check comes before the copy, so that a file that is no model costs no memory.
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

  /// Requires that one inference, and the initialization, have at most `limit` steps of work.
  private static func requireWork(_ steps: [Step], limit: Int) throws(ModelError) {
    var work = 0
    for step in steps {
      work += step.work
      // The check comes after each step, so that no sum overflows.
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
