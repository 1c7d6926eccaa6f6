/// Two operands of one type, element by element into an output: what ADD, MUL, LESS and their like
/// have in common.
///
///     a, b  shapes that broadcast to y's (see `Broadcast`)
///     y     the operands' type, or another of the operator's own
struct BinaryOperands: BitwiseCopyable {
  let type: ElementType
  /// Where elements are as wide as the output's, it may take either operand's place: each is read
  /// before the same place is written. A stretched operand is smaller then, and never offered.
  let inPlaceInputs: Int
  private let a: Int, b: Int, y: Int
  private let broadcast: Broadcast

  /// Refuses what is not two operands of one of `types`, with a fitting output.
  ///
  /// - Parameter outputType: nil where the output is of the operands' type.
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

  /// `body` of each pair, one specialised loop a caller.
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
