/// The place in the arena of a tensor, or of an operator's scratch.
package struct PlannedTensor: Sendable, Equatable {
  /// The tensor's index in the file; nil for scratch, which belongs to `firstNode`.
  package let tensor: Int?
  /// Bytes from the start of the arena; a multiple of 16.
  package let offset: Int
  package let bytes: Int
  /// The first and the last node during which the place is in use. −1 means before the first node
  /// (inputs of the graph); the count of nodes means after the last node (outputs). States have
  /// both.
  package let firstNode: Int
  package let lastNode: Int
  /// The tensor with the same bytes and another shape (RESHAPE), or the state from which the bytes
  /// are read or to which they are written. Both share one place.
  package let aliasOf: Int?
  /// The tensor whose place this one takes: the operator that reads that tensor last writes this
  /// one over it, element by element.
  package let writtenOver: Int?
}

/// The places of all tensors and scratch. They are fixed before the first inference and depend only
/// on the graph.
struct MemoryPlan {
  /// Every tensor that is not constant, in the file's order, then scratch in the order of nodes.
  let entries: [PlannedTensor]
  let arenaBytes: Int

  /// Writing in place joins two lives into one long life, which saves memory in nearly all models.
  /// Both ways are tried, and the smaller arena is taken.
  init(_ graph: Graph, _ steps: [Step]) {
    let inPlace = MemoryPlan(graph, steps, inPlace: true)
    let apart = MemoryPlan(graph, steps, inPlace: false)
    self = apart.arenaBytes < inPlace.arenaBytes ? apart : inPlace
  }

  private init(_ graph: Graph, _ steps: [Step], inPlace: Bool) {
    var plan = PlanBuilder(graph, steps)
    plan.alias()
    plan.placeStates()
    if inPlace { plan.writeInPlace() }
    plan.requestTensors()
    plan.requestScratch()
    let (offsets, bytes) = Planner.place(plan.requests)
    arenaBytes = bytes
    entries = plan.entries(offsets)
  }
}

private struct PlanBuilder {
  private typealias Life = StatePlaces.Life

  private let graph: Graph
  private let steps: [Step]
  /// From the node that writes a tensor to the last node that reads it; nil if no node writes or
  /// reads it.
  private var lives: [Life?]
  /// The tensor whose place a tensor shares, or the tensor itself.
  private var roots: [Int]
  /// The lives of all tensors that share a root's place, as one.
  private var rootLives: [Life?]
  private var aliasOf: [Int?]
  private var writtenOver: [Int?]
  /// The bytes of each tensor; for a handle, the bytes of its variable.
  private var bytes: [Int]
  private(set) var requests: [MemoryRequest] = []
  private var requestOfTensor: [Int?]
  private var requestOfNode: [Int?]

  init(_ graph: Graph, _ steps: [Step]) {
    self.graph = graph
    self.steps = steps
    lives = Self.lives(graph)
    rootLives = lives
    roots = Array(graph.tensors.indices)
    aliasOf = Array(repeating: nil, count: graph.tensors.count)
    writtenOver = Array(repeating: nil, count: graph.tensors.count)
    bytes = graph.tensors.map { $0.byteCount }
    requestOfTensor = Array(repeating: nil, count: graph.tensors.count)
    requestOfNode = Array(repeating: nil, count: graph.nodes.count)
  }

  private static func lives(_ graph: Graph) -> [Life?] {
    var lives = [Life?](repeating: nil, count: graph.tensors.count)
    for tensor in graph.inputs { lives[tensor] = (-1, -1) }
    for node in graph.nodes {
      for input in node.inputs {
        if let input { lives[input.index]?.last = node.index }
      }
      for output in node.outputs { lives[output.index] = (node.index, node.index) }
    }
    for tensor in graph.outputs { lives[tensor]?.last = graph.nodes.count }
    return lives
  }

  /// Joins the output of each reshape with its input.
  mutating func alias() {
    for (node, step) in zip(graph.nodes, steps) where step.outputIsInput {
      guard let input = node.inputs[0], input.constant == nil, lives[input.index] != nil else {
        continue
      }
      let output = node.outputs[0].index
      aliasOf[output] = roots[input.index]
      join(output, to: roots[input.index])
    }
  }

  /// Keeps the places of states for ever, gives all handles of a variable one place, and puts
  /// values into that place if they may be there.
  mutating func placeStates() {
    let moves = StatePlaces(graph: graph, roots: roots, lives: rootLives).find()
    for state in graph.states {
      lives[state.tensor] = (-1, graph.nodes.count)
      rootLives[state.tensor] = lives[state.tensor]
      bytes[state.tensor] = state.byteCount
    }
    for tensor in graph.tensors {
      guard let variable = tensor.variable else { continue }
      bytes[tensor.index] = graph.states[variable].byteCount
      move(tensor.index, into: graph.states[variable].tensor)
    }
    for value in moves { move(value.tensor, into: value.state) }
  }

  /// Puts a tensor, and all tensors that share its place, into a state's place.
  private mutating func move(_ tensor: Int, into state: Int) {
    guard tensor != state else { return }
    aliasOf[tensor] = state
    for member in roots.indices where roots[member] == tensor { roots[member] = state }
  }

  /// Gives an output the place of an input of the same size if the operator works element by
  /// element and no operator reads the input afterwards, not even with another shape.
  mutating func writeInPlace() {
    for (node, step) in zip(graph.nodes, steps) where step.inPlaceInputs > 0 {
      let output = node.outputs[0]
      // A value in a state's place already has a place.
      guard output.constant == nil, roots[output.index] == output.index else { continue }
      for input in node.inputs.prefix(step.inPlaceInputs) {
        guard let input, input.constant == nil, input.byteCount == output.byteCount,
          rootLives[roots[input.index]]?.last == node.index
        else { continue }
        writtenOver[output.index] = input.index
        join(output.index, to: roots[input.index])
        break
      }
    }
  }

  /// Makes one place for `tensor`, all tensors that share its place, and `root`.
  private mutating func join(_ tensor: Int, to root: Int) {
    guard let life = rootLives[tensor], let other = rootLives[root] else { return }
    rootLives[root] = (min(life.first, other.first), max(life.last, other.last))
    for member in roots.indices where roots[member] == tensor { roots[member] = root }
  }

  mutating func requestTensors() {
    for tensor in graph.tensors where roots[tensor.index] == tensor.index {
      guard let life = rootLives[tensor.index], tensor.constant == nil, bytes[tensor.index] > 0
      else { continue }
      requestOfTensor[tensor.index] = requests.count
      requests.append(
        MemoryRequest(bytes: bytes[tensor.index], first: life.first, last: life.last))
    }
  }

  mutating func requestScratch() {
    for node in graph.nodes.indices where steps[node].scratchBytes > 0 {
      requestOfNode[node] = requests.count
      requests.append(
        MemoryRequest(bytes: steps[node].scratchBytes, first: node, last: node))
    }
  }

  func entries(_ offsets: [Int]) -> [PlannedTensor] {
    var entries: [PlannedTensor] = []
    for tensor in graph.tensors {
      let index = tensor.index
      guard let request = requestOfTensor[roots[index]], let life = lives[index] else { continue }
      entries.append(
        PlannedTensor(
          tensor: index, offset: offsets[request], bytes: bytes[index], firstNode: life.first,
          lastNode: life.last, aliasOf: aliasOf[index], writtenOver: writtenOver[index]))
    }
    for node in graph.nodes.indices {
      guard let request = requestOfNode[node] else { continue }
      entries.append(
        PlannedTensor(
          tensor: nil, offset: offsets[request], bytes: requests[request].bytes, firstNode: node,
          lastNode: node, aliasOf: nil, writtenOver: nil))
    }
    return entries
  }
}
