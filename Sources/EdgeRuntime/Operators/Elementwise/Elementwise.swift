/// The common part of operators that give each element a new value: y[i] = f(x[i]).
extension Node {
  /// Requires one input and one output of one shape, and of one type, unless the operator changes
  /// types.
  func elementwiseOperands(sameType: Bool = true) throws(ModelError) -> (x: Tensor, y: Tensor) {
    try requireOperands(inputs: 1...1)
    let (x, y) = (try input(0), outputs[0])
    try requireShape(y, x.shape)
    if sameType { try requireType(y, x.type) }
    return (x, y)
  }
}

/// The loop itself, for elements of any type. It reads each element before it writes to the same
/// place.
struct Elementwise: BitwiseCopyable {
  private let x: Int, y: Int
  private let count: Int

  init(_ x: Tensor, _ y: Tensor) {
    (self.x, self.y, count) = (x.index, y.index, x.shape.count)
  }

  @inline(__always)
  func eval<From, To>(_ memory: Memory, _ function: (From) -> To) {
    let x = memory.tensor(x, as: From.self)
    let y = memory.tensor(y, as: To.self)
    for index in 0..<count { y[index] = function(x[index]) }
  }

  /// The same for real numbers. NaN goes by its bits: whether a signalling one becomes quiet on its
  /// way through Double is the compiler's choice, which it makes anew for each copy of the loop.
  @inline(__always)
  func evalReals(_ memory: Memory, _ function: (Float) -> Float) {
    eval(memory) { (x: Float) in
      x == x ? function(x) : Float(bitPattern: x.bitPattern | 0x0040_0000)
    }
  }
}
