/// An operator that only moves bytes: its file works out which, and one loop moves them for all.
///
/// Types are those of `ElementType.isMovable`; input and output have one type and, where they are
/// quantized, one scale and zero point, so that nothing is rounded.
protocol DataMovement: Kernel {
  var copies: Copies { get }
}

extension DataMovement {
  /// A copy of everything, as of RESHAPE, needs no place of its own.
  var outputIsInput: Bool { copies.areWhole }

  func eval(_ memory: Memory) { copies.run(memory) }
}

/// Copies in the order in which they run; they stand in the model's tables, however many they are.
struct Copies: BitwiseCopyable {
  private let first: UnsafePointer<StridedCopy>
  private let count: Int
  /// Whether the one output is the first input, byte for byte.
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

  /// The rows of `parts` side by side in those of `whole`, from there into the parts or, for a
  /// join, back: a row is everything inside the axis along which they lie.
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

  /// One copy of this code for all operators that use it.
  @inline(never)
  func run(_ memory: Memory) {
    for index in 0..<count { first[index].run(memory) }
  }
}

extension StridedCopy {
  /// One element of `y`'s type into all of `y`.
  init(filling y: Tensor, from source: Source) {
    let elementBytes = y.type.byteCount ?? 1
    self.init(source, to: y.index, unit: elementBytes)
    append(y.shape.count, source: 0, target: elementBytes)
  }
}

extension Shape {
  /// Bytes between neighbours along each axis.
  func byteStrides(of type: ElementType) -> RuntimeLimits.DimensionStorage {
    var strides = strides()
    for axis in 0..<rank { strides[axis] *= type.byteCount ?? 1 }
    return strides
  }
}
