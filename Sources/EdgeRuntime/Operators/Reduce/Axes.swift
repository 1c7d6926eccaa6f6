/// The sizes and strides of some axes of a tensor, outermost first, and a loop over their elements.
///
/// Neighbouring axes that continue each other are merged, so that most loops are one run.
struct Axes: BitwiseCopyable {
  private var sizes = RuntimeLimits.DimensionStorage(repeating: 1)
  private var strides = RuntimeLimits.DimensionStorage(repeating: 0)
  private var count = 0
  /// The product of all sizes; 1 for no axes.
  private(set) var elements = 1

  mutating func append(size: Int, stride: Int) {
    elements *= size
    if size == 1 { return }
    if count > 0, strides[count - 1] == stride * size {
      sizes[count - 1] *= size
      strides[count - 1] = stride
      return
    }
    sizes[count] = size
    strides[count] = stride
    count += 1
  }

  /// Calls `body` with the place of each element, relative to the first; the last axis counts
  /// fastest.
  @inline(__always)
  func forEach(_ body: (_ place: Int) -> Void) {
    let last = max(count - 1, 0)
    let (run, step) = (sizes[last], strides[last])
    var counter = RuntimeLimits.DimensionStorage(repeating: 0)
    var start = 0
    while true {
      var place = start
      for _ in 0..<run {
        body(place)
        place &+= step
      }
      // Goes to the next run: counts up the axes outside the run, the innermost first.
      var axis = last - 1
      while axis >= 0 {
        start &+= strides[axis]
        counter[axis] += 1
        if counter[axis] < sizes[axis] { break }
        start &-= sizes[axis] &* strides[axis]
        counter[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
