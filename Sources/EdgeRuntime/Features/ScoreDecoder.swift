/// Turns the elements of the model's output into scores: scale · (q − zeroPoint), or the floats
/// unchanged.
struct ScoreDecoder {
  private let type: ElementType
  private let count: Int
  private let affine: Affine

  init(_ output: TensorInfo) throws(ScorerError) {
    switch output.type {
    case .float32: break
    case .int8, .uint8, .int16:
      guard output.scale > 0 else { throw .outputNotQuantized }
    default: throw .outputType(output.type)
    }
    (type, count) = (output.type, output.elementCount)
    affine = Affine(scale: output.scale, zeroPoint: Int32(output.zeroPoint))
  }

  /// The least and the greatest score that the output's elements can give; infinite for floats.
  var range: ClosedRange<Float> {
    switch type {
    case .float32: -.infinity ... .infinity
    case .int8: affine.real(Int32(Int8.min))...affine.real(Int32(Int8.max))
    case .uint8: affine.real(Int32(UInt8.min))...affine.real(Int32(UInt8.max))
    default: affine.real(Int32(Int16.min))...affine.real(Int32(Int16.max))
    }
  }

  /// Hot. `output` and `scores` hold the output's elements.
  func decode(_ output: UnsafeRawBufferPointer, into scores: UnsafeMutablePointer<Float>) {
    let from = output.baseAddress!
    switch type {
    case .float32:
      scores.update(from: from.assumingMemoryBound(to: Float.self), count: count)
    case .int8: dequantize(from.assumingMemoryBound(to: Int8.self), scores)
    case .uint8: dequantize(from.assumingMemoryBound(to: UInt8.self), scores)
    default: dequantize(from.assumingMemoryBound(to: Int16.self), scores)
    }
  }

  @inline(__always)
  private func dequantize<T: FixedWidthInteger>(
    _ from: UnsafePointer<T>, _ scores: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      scores[index] = affine.real(Int32(truncatingIfNeeded: from[index]))
    }
  }
}
