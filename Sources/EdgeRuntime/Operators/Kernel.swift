/// What an operator is: one file each, a plain value that knows the indices of its tensors and all
/// that can be worked out before the first inference. Operators that differ in a detail (MAXIMUM
/// and MINIMUM) are one kernel, which asks `Node.kind` in `prepare` and keeps the answer.
///
/// In these folders `prepare`, and `init` of what it makes, is setup; `eval`, and what it calls, is
/// hot. The doc comments add only what is special.
protocol Kernel: BitwiseCopyable {
  /// The versions whose meaning for our types is known. A version says which types and options an
  /// operator may use; `prepare` checks those one by one.
  ///
  /// Source: tensorflow/lite/tools/versioning/op_version.cc.
  static var versions: ClosedRange<Int32> { get }

  /// The same, where one kernel is several operators that differ in it.
  static func versions(of kind: OperatorKind) -> ClosedRange<Int32>

  /// Setup: proves every index, shape and sum that `eval` relies on, or refuses the model. Reads
  /// constants, and no other tensor: there is no arena yet.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Self

  /// Hot: one inference; neither throws nor allocates. Kernels of many types keep it out of line: a
  /// call an operator costs nothing, a copy in every caller does.
  func eval(_ memory: Memory)

  /// Bytes that the operator needs in the arena while it runs, beside its operands.
  var scratchBytes: Int { get }

  /// Multiplications of weights, the usual measure of a model's cost.
  var multiplyAccumulates: Int { get }

  /// Elements that `eval` takes beyond `multiplyAccumulates` and one pass over its operands: of
  /// operators that look at an element many times without multiplying it, such as pooling.
  var repeatedReads: Int { get }

  /// Whether the first output is the first input under another shape, so that both may have one
  /// place in the arena.
  var outputIsInput: Bool { get }

  /// How many of the inputs, from the first on, may give their place to the first output: `eval`
  /// reads each of their elements for the last time before it writes the same place, also where
  /// input and output begin at one address. The planner checks that the sizes allow it.
  var inPlaceInputs: Int { get }
}

extension Kernel {
  static func versions(of kind: OperatorKind) -> ClosedRange<Int32> { versions }
  var scratchBytes: Int { 0 }
  var multiplyAccumulates: Int { 0 }
  var repeatedReads: Int { 0 }
  var outputIsInput: Bool { false }
  var inPlaceInputs: Int { 0 }
}

/// An operator ready to run, and what the planner and the description have to know of it.
struct Step {
  let operation: Operator
  let scratchBytes: Int
  let multiplyAccumulates: Int
  /// What one inference costs, in steps of some nanoseconds: every element of every operand once,
  /// and what the kernel says that it does beside.
  let work: Int
  let outputIsInput: Bool
  let inPlaceInputs: Int
  /// Whether it ran while the model was prepared, and will not again (`ConstantFolding`).
  var isFolded = false

  /// - Parameter operation: the case of the list that holds this kernel.
  init<K: Kernel>(
    _ node: Node, _ setup: Setup, _ operation: (K) -> Operator
  ) throws(ModelError) {
    guard K.versions(of: node.kind).contains(node.version) else {
      throw .operatorUnsupported(
        node: node.index, builtinCode: node.kind.rawValue, version: node.version)
    }
    let kernel = try K.prepare(node, setup)
    self.operation = operation(kernel)
    scratchBytes = kernel.scratchBytes
    multiplyAccumulates = kernel.multiplyAccumulates
    work = kernel.multiplyAccumulates + kernel.repeatedReads + node.operandElements
    outputIsInput = kernel.outputIsInput
    inPlaceInputs = kernel.inPlaceInputs
  }
}
