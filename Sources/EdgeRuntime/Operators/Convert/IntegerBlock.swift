/// Some elements of a tensor of any type, as 64-bit integers. So one loop that reads each type and
/// one that writes each type are enough; loops for every pair of types would be many more.
struct IntegerBlock {
  static let countMax = 32

  private var values = InlineArray<32, Int64>(repeating: 0)
  private var count = 0

  /// Calls `body` with the first place and the count of each block of `total` elements.
  @inline(__always)
  static func forEach(_ total: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    var first = 0
    while first < total {
      body(first, min(countMax, total &- first))
      first &+= countMax
    }
  }

  /// Reads a block. Bool becomes 0 and 1. It does not read elements of other types.
  @inline(never)
  mutating func read(_ memory: Memory, _ tensor: Int, _ type: ElementType, _ first: Int, _ n: Int) {
    switch type {
    case .int8: read(memory.tensor(tensor, as: Int8.self) + first, n)
    case .uint8: read(memory.tensor(tensor, as: UInt8.self) + first, n)
    case .int16: read(memory.tensor(tensor, as: Int16.self) + first, n)
    case .int32: read(memory.tensor(tensor, as: Int32.self) + first, n)
    case .int64: read(memory.tensor(tensor, as: Int64.self) + first, n)
    case .bool:
      let bytes = memory.tensor(tensor, as: UInt8.self) + first
      fill(n) { bytes[$0] == 0 ? 0 : 1 }
    default: count = 0
    }
  }

  @inline(__always)
  private mutating func read<T: FixedWidthInteger>(_ elements: UnsafePointer<T>, _ n: Int) {
    fill(n) { Int64(truncatingIfNeeded: elements[$0]) }
  }

  /// At most `countMax` values.
  @inline(__always)
  mutating func fill(_ n: Int, _ value: (Int) -> Int64) {
    count = min(n, Self.countMax)
    for index in 0..<count { values[index] = value(index) }
  }

  @inline(__always)
  mutating func map(_ function: (Int64) -> Int64) {
    for index in 0..<count { values[index] = function(values[index]) }
  }

  /// Writes a block. Integer types keep their lowest bits; Bool says whether the value is not 0;
  /// Float32 rounds to the nearest. It does not write other types.
  @inline(never)
  func write(_ memory: Memory, _ tensor: Int, _ type: ElementType, _ first: Int) {
    switch type {
    case .int8: write(memory.tensor(tensor, as: Int8.self) + first)
    case .uint8: write(memory.tensor(tensor, as: UInt8.self) + first)
    case .int16: write(memory.tensor(tensor, as: Int16.self) + first)
    case .int32: write(memory.tensor(tensor, as: Int32.self) + first)
    case .int64: write(memory.tensor(tensor, as: Int64.self) + first)
    case .bool:
      let bytes = memory.tensor(tensor, as: UInt8.self) + first
      for index in 0..<count { bytes[index] = values[index] == 0 ? 0 : 1 }
    case .float32:
      let reals = memory.tensor(tensor, as: Float.self) + first
      for index in 0..<count { reals[index] = Float(values[index]) }
    default: break
    }
  }

  @inline(__always)
  private func write<T: FixedWidthInteger>(_ elements: UnsafeMutablePointer<T>) {
    for index in 0..<count { elements[index] = T(truncatingIfNeeded: values[index]) }
  }
}
