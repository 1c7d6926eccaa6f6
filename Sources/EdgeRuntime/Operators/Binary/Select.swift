/// SELECT, SELECT_V2: y = c ? a : b
///
///     c     Bool; every byte but 0 is true
///     a, b  any type; both of y's type and quantization
///     y     SELECT_V2: the shape that all three broadcast to
///           SELECT: a's and b's shape. c has the same, or is a scalar, or c [rows] chooses
///           whole rows of a and b [rows, …]
///
/// Elements are moved unchanged. The reference is TensorFlow Lite.
struct Select: Kernel {
  static let versions: ClosedRange<Int32> = 1...4  // SELECT 2: int8, 3: five axes

  private let c: Int, a: Int, b: Int, y: Int
  private let elementBytes: Int
  private let broadcast: Broadcast

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> Select {
    try node.requireOperands(inputs: 3...3)
    let (c, a, b) = (try node.input(0), try node.input(1), try node.input(2))
    let y = node.outputs[0]
    try node.requireType(c, .bool)
    for tensor in [a, b] {
      try node.requireType(tensor, y.type)
      try node.requireSameMeaning(y, tensor)
    }
    let isFirst = node.kind == .select
    _ = try node.options(
      isFirst ? Schema.Select.optionsType : Schema.Select.secondOptionsType)
    let broadcast: Broadcast
    if isFirst && c.shape.rank == 1 && a.shape.rank > 1 {
      try node.requireShape(b, a.shape)
      try node.requireShape(y, a.shape)
      try node.requireDimension(c, 0, a.shape[0])
      broadcast = Broadcast(rows: a.shape[0], rowElements: a.shape.count / a.shape[0])
    } else {
      if isFirst {
        try node.requireShape(b, a.shape)
        if c.shape.rank > 0 { try node.requireShape(c, a.shape) }
      }
      broadcast = try Broadcast(node, c, a, b, into: y)
    }
    return Select(
      c: c.index, a: a.index, b: b.index, y: y.index, elementBytes: y.type.byteCount ?? 0,
      broadcast: broadcast)
  }

  /// The output may take any operand's place: each element is read before its place is written. An
  /// operand that is stretched, or that has narrower elements, is smaller than the output, so the
  /// planner never offers its place.
  var inPlaceInputs: Int { 3 }

  /// One loop for each width, for all types of that width.
  func eval(_ memory: Memory) {
    switch elementBytes {
    case 1: eval(memory, UInt8.self)
    case 2: eval(memory, UInt16.self)
    case 4: eval(memory, UInt32.self)
    default: eval(memory, UInt64.self)
    }
  }

  @inline(__always)
  private func eval<T>(_ memory: Memory, _ type: T.Type) {
    let c = memory.tensor(c, as: UInt8.self)
    let (a, b) = (memory.tensor(a, as: T.self), memory.tensor(b, as: T.self))
    let y = memory.tensor(y, as: T.self)
    broadcast.forEach { cPlace, aPlace, bPlace, yPlace in
      y[yPlace] = c[cPlace] != 0 ? a[aPlace] : b[bPlace]
    }
  }
}

extension Schema {
  enum Select {
    static let optionsType: UInt8 = 47
    static let secondOptionsType: UInt8 = 98  // SELECT_V2
  }
}
