/// The model as the file describes it. `ModelReader` reads and checks it piece by piece, then
/// `GraphOrder` checks it as a whole. These are plain values for setup; scoring does not use them.
///
/// The tensors and nodes of the subgraphs that CALL_ONCE names follow those of the main subgraph,
/// and the numbers go on. So a tensor's or a node's number means the same everywhere.
struct Graph {
  var tensors: [Tensor] = []
  var nodes: [Node] = []
  var inputs: [Int] = []
  var outputs: [Int] = []
  /// The count of nodes of the main subgraph. The nodes after them initialize the states before the
  /// first inference.
  var mainNodeCount = 0
  /// The count of operands of all nodes.
  var operandCount = 0
  /// The memory that is kept from one inference to the next (`StateFinder`).
  var states: [State] = []
}

/// Memory that keeps its content from one inference to the next: a tensor of SVDF or LSTM that the
/// file marks as variable, or a variable that handles name.
struct State: BitwiseCopyable {
  /// The tensor that stands for the memory: for a variable, its first handle.
  let tensor: Int
  let byteCount: Int
  /// The value of every byte before the first inference: the zero point, if the reference writes
  /// it.
  let initialByte: UInt8
}

/// The use of a tensor, if the file says more than its type.
enum TensorRole {
  case ordinary
  /// `is_variable`: one operator's memory of earlier inferences.
  case state
  /// An empty tensor beside the operands of an LSTM. Converters keep it only for its quantization.
  case metadata
}

/// One tensor: type, shape and quantization were checked, and constant data has exactly the right
/// size.
struct Tensor {
  let index: Int
  let name: String
  let type: ElementType
  let shape: Shape
  let quantization: Quantization
  /// The elements of a constant: in the model's copy of the file, or in the model's tables if
  /// `ConstantFolding` computed them. Nil for a tensor that the graph computes, and for an input.
  var constant: UnsafeRawBufferPointer?
  var role = TensorRole.ordinary
  /// The state that a handle names, as an index of `Graph.states`; nil for all other tensors.
  var variable: Int?

  var byteCount: Int { type.constantBytes(shape.count) ?? 0 }

  /// The scale and zero point of a tensor that has only one of each; nil for all others.
  var affine: Affine? {
    guard quantization.scales.count == 1 else { return nil }
    return Affine(scale: quantization.scales[0], zeroPoint: quantization.zeroPoints[0])
  }
}

/// Scales and zero points: none, one for the tensor, or one for each index along `axis`.
struct Quantization {
  var scales: [Float] = []
  /// As many zero points as scales.
  var zeroPoints: [Int32] = []
  var axis = 0
}

/// One operator of the graph with its operands. The kernel's `prepare` checks everything else.
struct Node {
  let index: Int
  let kind: OperatorKind
  let version: Int32
  /// Nil for an optional operand that is left out; the file says −1.
  var inputs: [Tensor?]
  var outputs: [Tensor]
  let optionsType: UInt8
  let options: FlatTable?

  /// The count of elements of all operands.
  var operandElements: Int {
    var elements = 0
    for input in inputs { elements += input?.shape.count ?? 0 }
    for output in outputs { elements += output.shape.count }
    return elements
  }
}
