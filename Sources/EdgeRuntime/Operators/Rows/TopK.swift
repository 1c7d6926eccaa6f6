/// The k largest elements of each row, the largest first, and their indices.
///
///     x        [rows…, columns]  Int8, UInt8, Int16, Int32 or Float32
///     k        one               Int32, in 1...columns; constant
///     values   [rows…, k]        x's type, quantized as x
///     indices  [rows…, k]        Int32
///
/// Equal elements keep their order; NaN comes after every number. The reference is LiteRT's.
struct TopK: Kernel {
  static let versions: ClosedRange<Int32> = 1...3  // 2: int8, 3: int16

  private let x: Int, values: Int, indices: Int
  private let type: ElementType
  private let rows: Int, columns: Int, count: Int

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> TopK {
    try node.requireOperands(inputs: 2...2, outputs: 2)
    let (x, k) = (try node.input(0), try node.input(1))
    let (values, indices) = (node.outputs[0], node.outputs[1])
    try node.requireType(x, oneOf: [.int8, .uint8, .int16, .int32, .float32])
    try node.requireSameValues(x, values)
    try node.requireType(indices, .int32)
    try node.requireType(k, .int32)
    try node.requireCount(k, 1)
    _ = try node.options(Schema.TopK.optionsType)
    let rows = try Lines(rowsOf: x, node)
    let count = try node.integers(k)[0]
    try node.require(.largestCount, count, in: 1...rows.depth)
    let shape = Shape(x.shape.array.dropLast() + [count])
    try node.requireShape(values, shape)
    try node.requireShape(indices, shape)
    return TopK(
      x: x.index, values: values.index, indices: indices.index, type: x.type, rows: rows.outer,
      columns: rows.depth, count: count)
  }

  /// - Complexity: rows · columns · log k comparisons.
  @inline(never)
  func eval(_ memory: Memory) {
    switch type {
    case .int8: eval(memory, as: Int8.self)
    case .uint8: eval(memory, as: UInt8.self)
    case .int16: eval(memory, as: Int16.self)
    case .int32: eval(memory, as: Int32.self)
    default: eval(memory, as: Float.self)
    }
  }

  /// The indices found so far are a heap, with the index of the least element at its root. Sorting
  /// the heap in place puts the largest first.
  @inline(__always)
  private func eval<T: Comparable>(_ memory: Memory, as type: T.Type) {
    for row in 0..<rows {
      let x = UnsafePointer(memory.tensor(x, as: T.self) + row &* columns)
      let heap = memory.tensor(indices, as: Int32.self) + row &* count
      for index in 0..<count { heap[index] = Int32(truncatingIfNeeded: index) }
      var parent = count / 2
      while parent > 0 {
        parent &-= 1
        sift(heap, from: parent, count: count, x)
      }
      for index in count..<columns {
        let candidate = Int32(truncatingIfNeeded: index)
        guard Self.precedes(x, candidate, heap[0]) else { continue }
        heap[0] = candidate
        sift(heap, from: 0, count: count, x)
      }
      var end = count &- 1
      while end > 0 {
        (heap[0], heap[end]) = (heap[end], heap[0])
        sift(heap, from: 0, count: end, x)
        end &-= 1
      }
      let values = memory.tensor(values, as: T.self) + row &* count
      for index in 0..<count { values[index] = x[Int(heap[index])] }
    }
  }

  /// Lets the element at `place` sink below every child that it precedes.
  private func sift<T: Comparable>(
    _ heap: UnsafeMutablePointer<Int32>, from place: Int, count: Int, _ x: UnsafePointer<T>
  ) {
    let sinking = heap[place]
    var place = place
    while true {
      var child = 2 &* place &+ 1
      if child >= count { break }
      if child &+ 1 < count, Self.precedes(x, heap[child], heap[child &+ 1]) { child &+= 1 }
      if !Self.precedes(x, sinking, heap[child]) { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = sinking
  }

  @inline(__always)
  private static func precedes<T: Comparable>(
    _ x: UnsafePointer<T>, _ a: Int32, _ b: Int32
  ) -> Bool {
    let (left, right) = (x[Int(a)], x[Int(b)])
    if left > right { return true }
    if left < right { return false }
    // The elements are equal, or at least one is NaN.
    let (leftIsNumber, rightIsNumber) = (left == left, right == right)
    return leftIsNumber == rightIsNumber ? a < b : leftIsNumber
  }
}

extension Schema {
  enum TopK {
    static let optionsType: UInt8 = 34
  }
}
