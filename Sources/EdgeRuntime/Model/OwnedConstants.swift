/// Finds the constants that only one operand of one operator uses. The operator's setup may
/// overwrite these with values that it computes from them, since the model owns its copy of the
/// file.
///
/// A file may give two tensors one buffer, or buffers may overlap: then neither constant is owned.
struct OwnedConstants {
  private var isOwned: [Bool] = []

  init() {}

  /// - Complexity: O(n log n) for n tensors.
  init(_ graph: Graph) {
    var uses = [Int](repeating: 0, count: graph.tensors.count)
    for node in graph.nodes {
      for input in node.inputs {
        if let input { uses[input.index] += 1 }
      }
    }
    for output in graph.outputs { uses[output] += 1 }
    var places: [(start: Int, end: Int, tensor: Int)] = []
    for tensor in graph.tensors {
      guard let constant = tensor.constant, let base = constant.baseAddress else { continue }
      let start = Int(bitPattern: base)
      places.append((start, start + constant.count, tensor.index))
    }
    places.sort { ($0.start, $0.tensor) < ($1.start, $1.tensor) }
    isOwned = Array(repeating: false, count: graph.tensors.count)
    var end = 0
    for position in places.indices {
      let place = places[position]
      let next = position + 1 < places.count ? places[position + 1].start : .max
      isOwned[place.tensor] =
        uses[place.tensor] == 1 && end <= place.start && place.end <= next
      end = max(end, place.end)
    }
  }

  /// The bytes that may be overwritten; nil when the constant is not owned.
  func bytes(of tensor: Tensor) -> UnsafeMutableRawPointer? {
    guard tensor.index < isOwned.count, isOwned[tensor.index], let constant = tensor.constant,
      let base = constant.baseAddress
    else { return nil }
    return UnsafeMutableRawPointer(mutating: base)
  }
}
