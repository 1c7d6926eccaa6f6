/// y[b, i, j, c] = the four elements of x around (i · s, j · t), weighted by their nearness, where
/// s and t are the scales of rows and columns. With half_pixel_centers the place is ((i + ½) · s −
/// ½, …).
///
///     x, size, y  see `Resize`; Int8, UInt8, Int16 or Float32
///
/// Int8 and Int16: scales, places and weights are integers in steps of 2⁻¹⁰, and a scale is rounded
/// to the nearest; the sum is rounded once, ties away from zero. Float32: everything is in float32,
/// rounded at every step. UInt8: the same, then ½ is added and the fraction is cut, as in LiteRT's
/// reference.
struct ResizeBilinear: Kernel {
  static let versions: ClosedRange<Int32> = 1...4  // 2: int8, 3: half_pixel_centers, 4: int16

  private let resize: Resize
  private let heightSteps: Int, widthSteps: Int
  private let heightScale: Float, widthScale: Float

  /// The two elements around a place, and the distance of the place from the first one.
  private struct Neighbours<Distance> {
    let lower: Int
    let upper: Int
    let distance: Distance
  }

  static func prepare(_ node: Node, _ setup: Setup) throws(ModelError) -> ResizeBilinear {
    let resize = try Resize.prepare(
      node, Schema.ResizeBilinear.fields, oneOf: [.int8, .uint8, .int16, .float32])
    // The two options contradict each other.
    if resize.alignsCorners {
      try node.require(.halfPixelCenters, resize.centersPixels ? 1 : 0, in: 0...0)
    }
    let height = sides(resize.inputHeight, resize.outputHeight, resize.alignsCorners)
    let width = sides(resize.inputWidth, resize.outputWidth, resize.alignsCorners)
    return ResizeBilinear(
      resize: resize, heightSteps: ((height.inputs << 10) + height.outputs / 2) / height.outputs,
      widthSteps: ((width.inputs << 10) + width.outputs / 2) / width.outputs,
      heightScale: Float(height.inputs) / Float(height.outputs),
      widthScale: Float(width.inputs) / Float(width.outputs))
  }

  private static func sides(
    _ inputs: Int, _ outputs: Int, _ alignsCorners: Bool
  ) -> (inputs: Int, outputs: Int) {
    alignsCorners && outputs > 1 ? (inputs - 1, outputs - 1) : (inputs, outputs)
  }

  @inline(never)
  func eval(_ memory: Memory) {
    switch resize.type {
    case .int8: whole(memory, as: Int8.self)
    case .int16: whole(memory, as: Int16.self)
    case .uint8: real(memory, as: UInt8.self, { Float($0) }, { UInt8(max(0, min(255, $0 + 0.5))) })
    default: real(memory, as: Float.self, { $0 }, { $0 + 0 })  // −0 becomes 0, as in the reference
    }
  }

  @inline(__always)
  private func whole<T: FixedWidthInteger>(_ memory: Memory, as type: T.Type) {
    forEachCell(
      memory, as: T.self, { neighbours($0, heightSteps, resize.inputHeight) },
      { neighbours($0, widthSteps, resize.inputWidth) }
    ) { a, b, c, d, row, column in
      let (i, j) = (row.distance, column.distance)
      let top = Int(truncatingIfNeeded: a) &* (1024 &- j) &+ Int(truncatingIfNeeded: c) &* j
      let bottom = Int(truncatingIfNeeded: b) &* (1024 &- j) &+ Int(truncatingIfNeeded: d) &* j
      let sum = top &* (1024 &- i) &+ bottom &* i
      return T(truncatingIfNeeded: (sum &+ (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20))
    }
  }

  @inline(__always)
  private func real<T>(
    _ memory: Memory, as type: T.Type, _ read: (T) -> Float, _ write: (Float) -> T
  ) {
    forEachCell(
      memory, as: T.self, { neighbours($0, heightScale, resize.inputHeight) },
      { neighbours($0, widthScale, resize.inputWidth) }
    ) { a, b, c, d, row, column in
      let (i, j) = (row.distance, column.distance)
      let top = read(a) * (1 - i) * (1 - j)
      let bottom = read(b) * i * (1 - j)
      return write(top + bottom + read(c) * (1 - i) * j + read(d) * i * j)
    }
  }

  /// Calls `join` with the elements above left, below left, above right and below right of each
  /// output.
  @inline(__always)
  private func forEachCell<T, Distance>(
    _ memory: Memory, as type: T.Type, _ row: (Int) -> Neighbours<Distance>,
    _ column: (Int) -> Neighbours<Distance>,
    _ join: (T, T, T, T, Neighbours<Distance>, Neighbours<Distance>) -> T
  ) {
    let channels = resize.channels
    let pitch = resize.inputWidth &* channels
    var y = memory.tensor(resize.y, as: T.self)
    for batch in 0..<resize.batches {
      let image = memory.tensor(resize.x, as: T.self) + batch &* resize.inputHeight &* pitch
      for i in 0..<resize.outputHeight {
        let rows = row(i)
        let (above, below) = (image + rows.lower &* pitch, image + rows.upper &* pitch)
        for j in 0..<resize.outputWidth {
          let columns = column(j)
          let (left, right) = (columns.lower &* channels, columns.upper &* channels)
          for channel in 0..<channels {
            y[channel] = join(
              above[left &+ channel], below[left &+ channel], above[right &+ channel],
              below[right &+ channel], rows, columns)
          }
          y += channels
        }
      }
    }
  }

  /// The neighbours, with the distance in steps of 2⁻¹⁰. At an edge, where both neighbours are the
  /// same element, the distance is 0. The reference's distance may be negative or beyond the edge
  /// there, but it does not change the result.
  @inline(__always)
  private func neighbours(_ index: Int, _ scale: Int, _ inputs: Int) -> Neighbours<Int> {
    let place = index &* scale &+ (resize.centersPixels ? scale / 2 &- 512 : 0)
    let lower = min(max(0, place / 1024), inputs &- 1)
    let upper = min((place &+ 1023) / 1024, inputs &- 1)
    return Neighbours(
      lower: lower, upper: upper, distance: lower == upper ? 0 : place &- lower &* 1024)
  }

  /// The neighbours, with the distance in float32. A place is above −1 and at most near 2²⁰, so
  /// that the conversions are in range. At an edge the distance may be negative, as in the
  /// reference.
  @inline(__always)
  private func neighbours(_ index: Int, _ scale: Float, _ inputs: Int) -> Neighbours<Float> {
    let place =
      resize.centersPixels ? (Float(index) + 0.5) * scale - 0.5 : Float(index) * scale
    let cut = Int(place)
    let lower = min(cut, inputs &- 1)
    let upper = min(place > Float(cut) ? cut &+ 1 : cut, inputs &- 1)
    return Neighbours(lower: lower, upper: upper, distance: place - Float(lower))
  }
}

extension Schema {
  enum ResizeBilinear {
    static let fields = Resize.Fields(optionsType: 15, alignCorners: 2, halfPixelCenters: 3)
  }
}
