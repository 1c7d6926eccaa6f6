/// The anomaly of a window: how badly an autoencoder gives its input back. The root of the mean
/// square of the differences, in the units of the scaled input; 0 where both are equal.
///
/// The input is kept before the run, because the run may use its memory. NaN where the output holds
/// a value that is no number.
struct ReconstructionError {
  private let input: ScoreDecoder
  private let output: ScoreDecoder
  private let before: UnsafeMutableBufferPointer<Float>
  private let after: UnsafeMutableBufferPointer<Float>

  /// - Throws: `.outputElements` when the output has not as many elements as the input.
  init(input: TensorInfo, output: TensorInfo) throws(ScorerError) {
    guard input.elementCount == output.elementCount else {
      throw .outputElements(found: output.elementCount, expected: input.elementCount)
    }
    self.input = try ScoreDecoder(input)
    self.output = try ScoreDecoder(output)
    before = .allocate(capacity: input.elementCount)
    before.initialize(repeating: 0)
    after = .allocate(capacity: input.elementCount)
    after.initialize(repeating: 0)
  }

  /// Bytes that it allocates.
  var byteCount: Int { (before.count + after.count) * MemoryLayout<Float>.stride }

  func deallocate() {
    before.deallocate()
    after.deallocate()
  }

  /// Hot: before the run.
  func keep(_ bytes: UnsafeRawBufferPointer) {
    input.decode(bytes, into: before.baseAddress!)
  }

  /// Hot: after the run.
  ///
  /// - Complexity: O(elements), in double precision.
  func error(of bytes: UnsafeRawBufferPointer) -> Float {
    output.decode(bytes, into: after.baseAddress!)
    var sum = 0.0
    for index in 0..<before.count {
      let difference = Double(after[index]) - Double(before[index])
      sum += difference * difference
    }
    return Float((sum / Double(before.count)).squareRoot())
  }
}
