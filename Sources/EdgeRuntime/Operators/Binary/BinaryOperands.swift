/// Two operands of one type, combined element by element into an output: the common part of ADD,
/// MUL, LESS and similar operators.
///
///     a, b  shapes that broadcast to y's (see `Broadcast`)
///     y     the operands' type, or another type that the operator chooses
struct BinaryOperands: BitwiseCopyable {
  let type: ElementType
  /// If the elements of operands and output are equally wide, the output may take either operand's
  /// place: each element is read before its place is written. A stretched operand is smaller than
  /// the output, so the planner never offers its place.
  let inPlaceInputs: Int
  private let a: Int, b: Int, y: Int
  private let broadcast: Broadcast

  /// Refuses a node that has not two operands of one of `types` and a fitting output.
  ///
  /// - Parameter outputType: nil if the output has the operands' type.
  init(
    _ node: Node, _ types: [ElementType], into outputType: ElementType? = nil
  ) throws(ModelError) {
    try node.requireOperands(inputs: 2...2)
    let (a, b, y) = (try node.input(0), try node.input(1), node.outputs[0])
    try node.requireType(a, oneOf: types)
    try node.requireType(b, a.type)
    try node.requireType(y, outputType ?? a.type)
    broadcast = try Broadcast(node, a, b, into: y)
    type = a.type
    inPlaceInputs = a.type.byteCount == y.type.byteCount ? 2 : 0
    (self.a, self.b, self.y) = (a.index, b.index, y.index)
  }

  /// Calls `body` for each pair of elements. The compiler makes a specialised loop for each caller.
  @inline(__always)
  func map<From, To>(_ memory: Memory, _ body: (_ a: From, _ b: From) -> To) {
    let a = memory.tensor(a, as: From.self)
    let b = memory.tensor(b, as: From.self)
    let y = memory.tensor(y, as: To.self)
    broadcast.forEach { aPlace, bPlace, yPlace in y[yPlace] = body(a[aPlace], b[bPlace]) }
  }
}

extension Node {
  /// The scale and zero point of an operand of quantized arithmetic.
  func requireArithmeticAffine(_ tensor: Tensor) throws(ModelError) -> Affine {
    try tensor.type == .int16 ? requireSymmetric(tensor) : requireAffine(tensor)
  }
}
