/// The geometry of SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND: an image, and the same image split into
/// one small image for each place (i, j) within a block.
///
///     image   [N, H, W, C]                or [N, H, C]
///     apart   [bh · bw · N, H′, W′, C]    or [bh · N, H′, C]
///
/// apart[(i · bw + j) · N + n, h, w] is image[n, h · bh + i − top, w · bw + j − left], if the image
/// has that element.
struct BatchBlocks {
  private let image: Tensor, apart: Tensor
  private let rows: BlockAxis, columns: BlockAxis

  /// - Parameter margins: rows and columns added to the image (paddings) or left out (crops).
  init(
    _ node: Node, image: Tensor, apart: Tensor, block: Tensor, margins: Tensor
  ) throws(ModelError) {
    guard image.shape.rank == 3 || image.shape.rank == 4 else {
      throw node.refusal(ofRank: image, expected: 4)
    }
    let spatial = image.shape.rank - 2
    let sides = try node.integers(block, count: spatial)
    try node.requireShape(margins, Shape([spatial, 2]))
    let amounts = try node.integers(margins)
    var dimensions = image.shape.array
    for axis in 0..<spatial {
      let (before, after) = (amounts[2 * axis], amounts[2 * axis + 1])
      try node.require(.blockSize, sides[axis], in: 1...RuntimeLimits.filterSideMax)
      try node.require(.paddingBefore, before, in: 0...RuntimeLimits.dimensionMax)
      try node.require(.paddingAfter, after, in: 0...RuntimeLimits.dimensionMax)
      let whole = image.shape[axis + 1] + before + after
      guard whole % sides[axis] == 0 else {
        throw .optionOutOfRange(
          node: node.index, option: .blockSize, found: sides[axis], allowed: 1...whole)
      }
      dimensions[0] *= sides[axis]
      dimensions[axis + 1] = whole / sides[axis]
    }
    try node.requireDimensions(apart, dimensions)
    self.image = image
    self.apart = apart
    rows = BlockAxis(
      side: sides[0], before: amounts[0], imageSize: image.shape[1], size: dimensions[1])
    columns =
      spatial == 2
      ? BlockAxis(
        side: sides[1], before: amounts[2], imageSize: image.shape[2], size: dimensions[2])
      : BlockAxis(side: 1, before: 0, imageSize: 1, size: 1)
  }

  /// The copies to make: one for each group of places within a block that covers the same part of
  /// the image.
  func copies(toImage: Bool) -> [StridedCopy] {
    let (imageSteps, apartSteps) = (steps(image), steps(apart))
    let batches = image.shape[0]
    let placeStep = batches * apartSteps.batch
    var copies: [StridedCopy] = []
    for row in rows.groups() {
      for column in columns.groups() {
        let inImage =
          rows.imageIndex(row) * imageSteps.row + columns.imageIndex(column) * imageSteps.column
        let inApart =
          (row.place * columns.side + column.place) * placeStep + row.first * apartSteps.row
          + column.first * apartSteps.column
        let unit = imageSteps.column
        var copy =
          toImage
          ? StridedCopy(
            .tensor(apart.index), at: inApart, to: image.index, offset: inImage, unit: unit)
          : StridedCopy(
            .tensor(image.index), at: inImage, to: apart.index, offset: inApart, unit: unit)
        for (size, image, apart) in [
          (row.places, imageSteps.row, columns.side * placeStep),
          (column.places, imageSteps.column, placeStep),
          (batches, imageSteps.batch, apartSteps.batch),
          (row.count, rows.side * imageSteps.row, apartSteps.row),
          (column.count, columns.side * imageSteps.column, apartSteps.column),
        ] {
          copy.append(size, source: toImage ? apart : image, target: toImage ? image : apart)
        }
        copies.append(copy)
      }
    }
    return copies
  }

  /// Whether every element of the parts comes from the image.
  var areFilled: Bool { rows.isFilled && columns.isFilled }

  /// The bytes between images, rows and columns. Without columns, a row is one column.
  private func steps(_ tensor: Tensor) -> (batch: Int, row: Int, column: Int) {
    let steps = tensor.shape.byteStrides(of: tensor.type)
    return (steps[0], steps[1], tensor.shape.rank == 4 ? steps[2] : steps[1])
  }
}

/// The rows, or the columns, of an image that is split.
private struct BlockAxis {
  let side: Int
  let before: Int
  let imageSize: Int
  /// The rows or columns of one small image.
  let size: Int

  /// Neighbouring places within a block: `places` of them, from `place` on. Their small images
  /// cover the image at the indices from `first` on.
  struct Group {
    let place: Int
    var places: Int
    let first: Int
    let count: Int
  }

  var isFilled: Bool { size * side == imageSize }

  /// At most three groups: along a block, each of the two limits of the image's part changes only
  /// once.
  func groups() -> [Group] {
    var groups: [Group] = []
    for place in 0..<side {
      let first = before > place ? (before - place + side - 1) / side : 0
      let end = min(size, (imageSize + before - place + side - 1) / side)
      if end <= first { continue }
      if let last = groups.last, last.first == first, last.count == end - first {
        groups[groups.count - 1].places += 1
      } else {
        groups.append(Group(place: place, places: 1, first: first, count: end - first))
      }
    }
    return groups
  }

  func imageIndex(_ group: Group) -> Int { group.first * side + group.place - before }
}
