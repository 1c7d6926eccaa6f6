/// Turns physical values into the elements of the model's input: it scales them axis by axis, then
/// quantizes them as the tensor says. A value that is not a number becomes the element that stands
/// for 0.
struct WindowEncoder: ~Copyable {
  private let scaling: UnsafeMutablePointer<AxisScaling>
  private let steps: Int
  private let axes: Int
  private let type: ElementType
  private let quantizer: Quantizer

  /// Setup: the caller has checked that the settings are within limits.
  init(_ settings: FeatureSettings, input: TensorInfo) throws(ScorerError) {
    switch input.type {
    case .float32:
      quantizer = Quantizer(Affine(scale: 1, zeroPoint: 0), within: 0...0)
    case .int8, .uint8, .int16:
      guard let range = input.type.quantizedRange, input.scale > 0 else {
        throw .inputNotQuantized
      }
      quantizer = Quantizer(
        Affine(scale: input.scale, zeroPoint: Int32(input.zeroPoint)), within: range)
    default: throw .inputType(input.type)
    }
    (steps, axes, type) = (settings.steps, settings.axes, input.type)
    scaling = .allocate(capacity: axes)
    for axis in 0..<axes { (scaling + axis).initialize(to: settings.scaling[axis]) }
  }

  deinit { scaling.deallocate() }

  /// Hot. `window` and `input` hold steps · axes elements.
  func encode(_ window: UnsafeBufferPointer<Float>, into input: UnsafeMutableRawBufferPointer) {
    precondition(window.count == steps &* axes)
    let (from, to) = (window.baseAddress!, input.baseAddress!)
    switch type {
    case .float32:
      let to = to.assumingMemoryBound(to: Float.self)
      forEach(from) { index, value in to[index] = value == value ? value : 0 }
    case .int8: quantize(from, to.assumingMemoryBound(to: Int8.self))
    case .uint8: quantize(from, to.assumingMemoryBound(to: UInt8.self))
    default: quantize(from, to.assumingMemoryBound(to: Int16.self))
    }
  }

  @inline(__always)
  private func quantize<T: FixedWidthInteger>(
    _ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<T>
  ) {
    forEach(from) { index, value in to[index] = T(truncatingIfNeeded: quantizer(value)) }
  }

  @inline(__always)
  private func forEach(_ from: UnsafePointer<Float>, _ body: (Int, Float) -> Void) {
    var index = 0
    for _ in 0..<steps {
      for axis in 0..<axes {
        body(index, scaling[axis](from[index]))
        index &+= 1
      }
    }
  }
}
