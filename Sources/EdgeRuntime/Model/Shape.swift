/// The dimensions of a tensor, outermost first; a scalar has none. The storage is fixed, so a shape
/// is a plain value that operators may keep.
struct Shape: Equatable, BitwiseCopyable {
  private var dimensions = RuntimeLimits.DimensionStorage(repeating: 1)
  private(set) var rank = 0

  init() {}
  init(_ dimensions: [Int]) {
    for dimension in dimensions { append(dimension) }
  }

  subscript(axis: Int) -> Int {
    precondition(axis >= 0 && axis < rank)
    return dimensions[axis]
  }

  /// The product of all dimensions; the reader has proved that it fits.
  var count: Int { count(axes: 0..<rank) }

  func count(axes: Range<Int>) -> Int {
    var product = 1
    for axis in axes { product *= self[axis] }
    return product
  }

  /// The elements between neighbours along each axis, row-major.
  func strides() -> RuntimeLimits.DimensionStorage {
    var strides = RuntimeLimits.DimensionStorage(repeating: 0)
    var stride = 1
    for axis in (0..<rank).reversed() {
      strides[axis] = stride
      stride *= self[axis]
    }
    return strides
  }

  mutating func append(_ dimension: Int) {
    precondition(rank < RuntimeLimits.rankMax)
    dimensions[rank] = dimension
    rank += 1
  }

  var array: [Int] {
    var array: [Int] = []
    for axis in 0..<rank { array.append(dimensions[axis]) }
    return array
  }

  static func == (a: Shape, b: Shape) -> Bool {
    guard a.rank == b.rank else { return false }
    for axis in 0..<a.rank where a[axis] != b[axis] { return false }
    return true
  }
}
