/// y[b, i, j, c] = x[b, i', j', c] with i' = ⌊(i + o) · s⌋. When corners are aligned, i' is rounded
/// instead, ties away from zero. i' is at most the last row. o is ½ with half_pixel_centers, else
/// 0; s is the scale of the rows in float32, inputs / outputs, or (inputs − 1) / (outputs − 1) with
/// align_corners. Columns are computed in the same way.
///
///     x, size, y  see `Resize`; Int8, UInt8, Int16, Int32 or Float32
struct ResizeNearestNeighbor: Kernel {
  static let versions: ClosedRange<Int32> = 1...4  // 2: int8, 3: options, 4: int16

  private let resize: Resize
  private let cellBytes: Int
  private let heightScale: Float, widthScale: Float

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ResizeNearestNeighbor {
    let resize = try Resize.prepare(
      node, Schema.ResizeNearestNeighbor.fields,
      oneOf: [.int8, .uint8, .int16, .int32, .float32])
    let aligns = resize.alignsCorners
    return ResizeNearestNeighbor(
      resize: resize, cellBytes: resize.channels * (resize.type.byteCount ?? 0),
      heightScale: scale(resize.inputHeight, resize.outputHeight, aligns),
      widthScale: scale(resize.inputWidth, resize.outputWidth, aligns))
  }

  private static func scale(_ inputs: Int, _ outputs: Int, _ alignsCorners: Bool) -> Float {
    alignsCorners && outputs > 1
      ? Float(inputs - 1) / Float(outputs - 1) : Float(inputs) / Float(outputs)
  }

  /// Copies whole cells, of any type.
  @inline(never)
  func eval(_ memory: Memory) {
    var y = memory.tensor(resize.y, as: UInt8.self)
    let rowBytes = resize.inputWidth &* cellBytes
    for batch in 0..<resize.batches {
      let image =
        UnsafePointer(memory.tensor(resize.x, as: UInt8.self))
        + batch &* resize.inputHeight &* rowBytes
      for row in 0..<resize.outputHeight {
        let cells = image + source(row, heightScale, resize.inputHeight) &* rowBytes
        for column in 0..<resize.outputWidth {
          y.update(
            from: cells + source(column, widthScale, resize.inputWidth) &* cellBytes,
            count: cellBytes)
          y += cellBytes
        }
      }
    }
  }

  /// Places are not negative and at most near 2²⁰, so that the conversion is in range.
  @inline(__always)
  private func source(_ index: Int, _ scale: Float, _ inputs: Int) -> Int {
    let place = (Float(index) + (resize.centersPixels ? 0.5 : 0)) * scale
    let whole = resize.alignsCorners ? Rounding.whole(place) : Int64(place)
    return min(Int(whole), inputs &- 1)
  }
}

extension Schema {
  enum ResizeNearestNeighbor {
    static let fields = Resize.Fields(optionsType: 74, alignCorners: 0, halfPixelCenters: 1)
  }
}
