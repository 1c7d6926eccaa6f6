/// An operator that only moves bytes. Its file computes which bytes go where, and one loop moves
/// the bytes for all such operators.
///
/// The types are those of `ElementType.isMovable`. Input and output have one type and, if they are
/// quantized, one scale and zero point, so that nothing is rounded.
protocol DataMovement: Kernel {
  var copies: Copies { get }
}

extension DataMovement {
  /// If the output is a copy of the whole input, as for RESHAPE, it needs no separate place.
  var outputIsInput: Bool { copies.areWhole }

  func eval(_ memory: Memory) { copies.run(memory) }
}

/// Copies, in the order in which they run. They are in the model's tables, so any number of them is
/// possible.
struct Copies: BitwiseCopyable {
  private let first: UnsafePointer<StridedCopy>
  private let count: Int
  /// Whether the only output is the first input, byte for byte.
  fileprivate let areWhole: Bool

  init(_ node: Node, _ setup: Setup, _ copies: [StridedCopy]) throws(ModelError) {
    let table = try setup.tables.table(of: StridedCopy.self, count: copies.count)
    for index in copies.indices { (table + index).initialize(to: copies[index].closed()) }
    first = UnsafePointer(table)
    count = copies.count
    if copies.count == 1, node.outputs.count == 1, let x = node.inputs[0] {
      areWhole =
        x.byteCount == node.outputs[0].byteCount
        && table[0].isWhole(x.index, byteCount: x.byteCount)
    } else {
      areWhole = false
    }
  }

  /// y = x, byte for byte, under any shape.
  init(_ node: Node, _ setup: Setup, all x: Tensor, to y: Tensor) throws(ModelError) {
    try self.init(
      node, setup, [StridedCopy(.tensor(x.index), to: y.index, unit: x.byteCount)])
  }

  /// The rows of `parts` are side by side in the rows of `whole`. The copies go from `whole` into
  /// the parts or, for a join, from the parts into `whole`. A row is everything inside the axis
  /// along which the parts are.
  init(
    _ node: Node, _ setup: Setup, parts: [Tensor], in whole: Tensor, rows: Int, isJoin: Bool
  ) throws(ModelError) {
    let wholeBytes = whole.byteCount / rows
    var (copies, offset): ([StridedCopy], Int) = ([], 0)
    for part in parts {
      let rowBytes = part.byteCount / rows
      var copy =
        isJoin
        ? StridedCopy(.tensor(part.index), to: whole.index, offset: offset, unit: rowBytes)
        : StridedCopy(.tensor(whole.index), at: offset, to: part.index, unit: rowBytes)
      copy.append(
        rows, source: isJoin ? rowBytes : wholeBytes, target: isJoin ? wholeBytes : rowBytes)
      copies.append(copy)
      offset += rowBytes
    }
    try self.init(node, setup, copies)
  }

  /// Not inlined, so that there is one copy for all operators.
  @inline(never)
  func run(_ memory: Memory) {
    for index in 0..<count { first[index].run(memory) }
  }
}

extension StridedCopy {
  /// Copies one element into every place of `y`.
  init(filling y: Tensor, from source: Source) {
    let elementBytes = y.type.byteCount ?? 1
    self.init(source, to: y.index, unit: elementBytes)
    append(y.shape.count, source: 0, target: elementBytes)
  }
}

extension Shape {
  /// The bytes between neighbours along each axis.
  func byteStrides(of type: ElementType) -> RuntimeLimits.DimensionStorage {
    var strides = strides()
    for axis in 0..<rank { strides[axis] *= type.byteCount ?? 1 }
    return strides
  }
}
