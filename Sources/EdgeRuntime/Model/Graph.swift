/// The model as the file describes it, read and proved piece by piece (`ModelReader`), then as a
/// whole (`GraphOrder`). Plain values for setup; nothing here is touched while scoring.
///
/// The tensors and nodes of the subgraphs that CALL_ONCE names follow those of the main one, in one
/// count: a tensor's or a node's number means the same everywhere.
struct Graph {
  var tensors: [Tensor] = []
  var nodes: [Node] = []
  var inputs: [Int] = []
  var outputs: [Int] = []
  /// Nodes of the main subgraph. Those after them initialize the states, before the first
  /// inference.
  var mainNodeCount = 0
  /// Operands of all nodes.
  var operandCount = 0
  /// What is remembered from one inference to the next (`StateFinder`).
  var states: [State] = []
}

/// Memory that keeps its contents from one inference to the next: a tensor of SVDF or LSTM that the
/// file calls variable, or a variable that handles name.
struct State: BitwiseCopyable {
  /// The tensor that stands for the memory: for a variable, its first handle.
  let tensor: Int
  let byteCount: Int
  /// What every byte is before the first inference: the zero point, where the reference writes it.
  let initialByte: UInt8
}

/// What a tensor is for, where the file says more than its type.
enum TensorRole {
  case ordinary
  /// `is_variable`: one operator's memory of earlier inferences.
  case state
  /// An empty tensor beside the operands of an LSTM, kept by converters for its quantization only.
  case metadata
}

/// One tensor: type, shape and quantization proved, constant data of exactly the right size.
struct Tensor {
  let index: Int
  let name: String
  let type: ElementType
  let shape: Shape
  let quantization: Quantization
  /// The elements of a constant, inside the model's own copy of the file, or in its tables where
  /// `ConstantFolding` worked them out; nil for a tensor that the graph computes or is given.
  var constant: UnsafeRawBufferPointer?
  var role = TensorRole.ordinary
  /// The state that a handle names, by its place in `Graph.states`; nil for all other tensors.
  var variable: Int?

  var byteCount: Int { type.constantBytes(shape.count) ?? 0 }

  /// The one scale and zero point of a tensor quantized as a whole; nil otherwise.
  var affine: Affine? {
    guard quantization.scales.count == 1 else { return nil }
    return Affine(scale: quantization.scales[0], zeroPoint: quantization.zeroPoints[0])
  }
}

/// Scales and zero points: none, one for the tensor, or one for each index along `axis`.
struct Quantization {
  var scales: [Float] = []
  /// As many as scales.
  var zeroPoints: [Int32] = []
  var axis = 0
}

/// One operator of the graph with its operands. `prepare` of its kind proves the rest.
struct Node {
  let index: Int
  let kind: OperatorKind
  let version: Int32
  /// nil where the file says −1: an optional operand left out.
  var inputs: [Tensor?]
  var outputs: [Tensor]
  let optionsType: UInt8
  let options: FlatTable?

  /// Elements of all operands.
  var operandElements: Int {
    var elements = 0
    for input in inputs { elements += input?.shape.count ?? 0 }
    for output in outputs { elements += output.shape.count }
    return elements
  }
}
