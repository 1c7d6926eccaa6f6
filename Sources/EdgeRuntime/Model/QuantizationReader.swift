/// Reads the quantization table of one tensor. It checks that scales are finite and in range, that
/// zero points are within the type, and that the quantized axis has as many elements as there are
/// of each.
struct QuantizationReader {
  let file: FlatBuffer
  let tensor: Int
  let type: ElementType
  let shape: Shape

  func read(_ table: FlatTable?) throws(ModelError) -> Quantization {
    guard let table, let scales = try table.vector(Schema.Quantization.scale, of: UInt32.self),
      scales.count > 0
    else { return Quantization() }
    let details: UInt8 = try table.integer(Schema.Quantization.detailsType)
    guard details == 0 else { throw .quantizationUnsupported(tensor: tensor, details: details) }
    let zeroPoints = try table.vector(Schema.Quantization.zeroPoint, of: Int64.self)
    let zeroPointCount = zeroPoints?.count ?? 0
    guard zeroPointCount == 0 || zeroPointCount == scales.count else {
      throw .channelCount(tensor: tensor, found: zeroPointCount, expected: scales.count)
    }
    try file.visit(scales.bytes.count + (zeroPoints?.bytes.count ?? 0))

    var result = Quantization()
    if scales.count > 1 {
      result.axis = try axis(table)
      guard scales.count == shape[result.axis] else {
        throw .channelCount(
          tensor: tensor, found: scales.count, expected: shape[result.axis])
      }
    }
    for channel in 0..<scales.count {
      result.scales.append(try scale(scales[channel], channel))
      result.zeroPoints.append(
        zeroPointCount == 0 ? 0 : try zeroPoint(zeroPoints![channel], channel))
    }
    return result
  }

  private func axis(_ table: FlatTable) throws(ModelError) -> Int {
    // With one axis, a list of scales has only one meaning. So the axis that the file names is not
    // read: for biases, published models name axis 3, which is the axis of the weights.
    if shape.rank == 1 { return 0 }
    let axis: Int32 = try table.integer(Schema.Quantization.dimension)
    guard axis >= 0, axis < shape.rank else {
      throw .quantizationAxis(tensor: tensor, axis: Int(axis))
    }
    return Int(axis)
  }

  private func scale(_ bits: UInt32, _ channel: Int) throws(ModelError) -> Float {
    let scale = Float(bitPattern: bits)
    // The comparison is written so that NaN fails it.
    guard scale >= RuntimeLimits.scaleMin, scale <= RuntimeLimits.scaleMax else {
      throw .scaleOutOfRange(tensor: tensor, channel: channel, scale: scale)
    }
    return scale
  }

  private func zeroPoint(_ value: Int64, _ channel: Int) throws(ModelError) -> Int32 {
    let range = type.quantizedRange ?? 0...0
    guard value >= Int64(range.lowerBound), value <= Int64(range.upperBound) else {
      throw .zeroPointOutOfRange(tensor: tensor, channel: channel, found: value)
    }
    return Int32(value)
  }
}
