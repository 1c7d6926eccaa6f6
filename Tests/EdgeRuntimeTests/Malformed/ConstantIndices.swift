/// Constants that are indices, permutations or places and that are out of range: CVE-2021-37687
/// (GATHER, GATHER_ND).
extension MalformedModel {
  static let constantIndices: [MalformedModel] =
    gathered + transposed + sliceBegins + sliceSizes + sliceStrides

  private static let gathered: [MalformedModel] = ([-1, 3, .max, .min] as [Int32]).map {
    (bad: Int32) -> MalformedModel in
    MalformedModel(
      "index \(bad)", operator: "GATHER",
      .single(
        "GATHER", version: 2, [3, 2], to: [[2, 2]], constants: [([2], [2, 0])], type: 23)
    ) { $0.setIntegers(1, [bad, 0]) }
  }

  private static let transposed: [MalformedModel] =
    ([[0, 0, 1], [0, 1, 3], [-4, 1, 2], [0, 1, .max]] as [[Int32]]).map {
      (order: [Int32]) -> MalformedModel in
      MalformedModel(
        "order \(order)", operator: "TRANSPOSE",
        .single(
          "TRANSPOSE", version: 2, [1, 2, 3], to: [[3, 1, 2]], constants: [([3], [2, 0, 1])],
          type: 26)
      ) { $0.setIntegers(1, order) }
    }

  private static let sliceBegins: [MalformedModel] =
    ([[0, -1], [0, 2], [2, 0], [.max, 0], [.min, 0]] as [[Int32]]).map {
      (begin: [Int32]) -> MalformedModel in
      MalformedModel(
        "begin \(begin)", operator: "SLICE",
        .single(
          "SLICE", version: 2, [2, 3], to: [[1, 2]], constants: [([2], [0, 0]), ([2], [1, 2])])
      ) { $0.setIntegers(1, begin) }
    }

  private static let sliceSizes: [MalformedModel] =
    ([[0, 2], [3, 2], [1, 4], [-2, 2], [.max, .max]] as [[Int32]]).map {
      (size: [Int32]) -> MalformedModel in
      MalformedModel(
        "size \(size)", operator: "SLICE",
        .single(
          "SLICE", version: 2, [2, 3], to: [[1, 2]], constants: [([2], [0, 0]), ([2], [1, 2])])
      ) { $0.setIntegers(2, size) }
    }

  private static let sliceStrides: [MalformedModel] = ([0, -1, .min] as [Int32]).map {
    (stride: Int32) -> MalformedModel in
    MalformedModel(
      "stride \(stride)", operator: "STRIDED_SLICE",
      .single(
        "STRIDED_SLICE", version: 2, [4], to: [[2]],
        constants: [([1], [0]), ([1], [4]), ([1], [2])], type: 32)
    ) { $0.setIntegers(3, [stride]) }
  }

}
