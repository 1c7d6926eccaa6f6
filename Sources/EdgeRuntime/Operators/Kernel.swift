/// The code of one operator, in one file: a plain value that knows the indices of its tensors and
/// everything that can be computed before the first inference. Operators that differ in a detail
/// (MAXIMUM and MINIMUM) are one kernel, which reads `Node.kind` in `prepare` and keeps the result.
///
/// In these folders, `prepare` and every `init` that it calls is setup; `eval` and every function
/// that it calls is hot. The doc comments add only special cases.
protocol Kernel: BitwiseCopyable {
  /// The versions that this kernel implements for its types. A version says which types and options
  /// an operator may use; `prepare` checks those one by one.
  ///
  /// Source: tensorflow/lite/tools/versioning/op_version.cc.
  static var versions: ClosedRange<Int32> { get }

  /// The same for one kind of operator, if the kernel has several kinds whose versions differ.
  static func versions(of kind: OperatorKind) -> ClosedRange<Int32>

  /// Setup: proves every index, shape and sum on which `eval` relies, or refuses the model. It
  /// reads only constants, no other tensors: there is no arena yet.
  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Self

  /// Hot: computes the outputs for one inference; neither throws nor allocates. Kernels for many
  /// types do not inline it: one call for each operator costs little, but a copy in every caller
  /// costs code size.
  func eval(_ memory: Memory)

  /// The bytes that the operator needs in the arena while it runs, in addition to its operands.
  var scratchBytes: Int { get }

  /// Multiplications of weights, the usual measure of a model's cost.
  var multiplyAccumulates: Int { get }

  /// The elements that `eval` reads in addition to `multiplyAccumulates` and one pass over its
  /// operands. For operators that read an element many times without multiplying it, such as
  /// pooling.
  var repeatedReads: Int { get }

  /// Whether the first output has the same bytes as the first input, only with another shape. Then
  /// both may have one place in the arena.
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

/// An operator that is ready to run, with the facts that the planner and the description need.
struct Step {
  let operation: Operator
  let scratchBytes: Int
  let multiplyAccumulates: Int
  /// The cost of one inference, in steps of some nanoseconds: every element of every operand once,
  /// and the additional work that the kernel names.
  let work: Int
  let outputIsInput: Bool
  let inPlaceInputs: Int
  /// True if it ran while the model was prepared, and will not run again (`ConstantFolding`).
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
