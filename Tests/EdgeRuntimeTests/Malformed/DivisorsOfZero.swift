@testable import EdgeRuntime

/// Strides, dilations, blocks and splits by which the runtime divides: 0, negative, and larger than
/// in any real model. CVE-2021-29585 (padding), 29586 (pooling), 29587 (SPACE_TO_DEPTH), 29588
/// (TRANSPOSE_CONV), 29593 (BATCH_TO_SPACE_ND), 29594 (CONV_2D), 29595 (DEPTH_TO_SPACE), 29597
/// (SPACE_TO_BATCH_ND), 29598 (SVDF), 29599 (SPLIT), 29602 (DEPTHWISE_CONV_2D).
extension MalformedModel {
  static let divisorsOfZero: [MalformedModel] =
    windows("CONV_2D", .conv2D(), convolution)
    + windows("DEPTHWISE_CONV_2D", OperatorFixtures.depthwise(), depthwise)
    + windows("AVERAGE_POOL_2D", OperatorFixtures.averagePool(), pool)
    + windows("MAX_POOL_2D", OperatorFixtures.maxPool(), pool) + blocks + splits

  private static let convolution: [(Int, OperatorOption)] = [
    (Schema.Conv2D.strideWidth, .strideWidth), (Schema.Conv2D.strideHeight, .strideHeight),
    (Schema.Conv2D.dilationWidth, .dilationWidth),
    (Schema.Conv2D.dilationHeight, .dilationHeight),
  ]
  private static let depthwise: [(Int, OperatorOption)] = [
    (Schema.DepthwiseConv2D.strideWidth, .strideWidth),
    (Schema.DepthwiseConv2D.strideHeight, .strideHeight),
    (Schema.DepthwiseConv2D.dilationWidth, .dilationWidth),
    (Schema.DepthwiseConv2D.dilationHeight, .dilationHeight),
  ]
  private static let pool: [(Int, OperatorOption)] = [
    (Schema.Pool2D.strideWidth, .strideWidth), (Schema.Pool2D.strideHeight, .strideHeight),
    (Schema.Pool2D.filterWidth, .filterWidth), (Schema.Pool2D.filterHeight, .filterHeight),
  ]

  private static func windows(
    _ name: String, _ sound: ModelBuilder, _ fields: [(Int, OperatorOption)]
  ) -> [MalformedModel] {
    fields.flatMap { (field, option) -> [MalformedModel] in
      ([0, -1, 1025, .max, .min] as [Int32]).map { (bad: Int32) -> MalformedModel in
        MalformedModel(
          "\(name): \(option) \(bad)", in: sound,
          .optionOutOfRange(node: 0, option: option, found: Int(bad), allowed: 1...1024)
        ) { $0.nodes[0].options[field] = .int32(bad) }
      }
    }
  }

  private static let blocks: [MalformedModel] = [0, -1, -2, .max, .min].flatMap {
    (bad: Int32) -> [MalformedModel] in
    [
      MalformedModel(
        "block \(bad)", operator: "SPACE_TO_DEPTH",
        .single(
          "SPACE_TO_DEPTH", version: 1, [1, 2, 2, 1], to: [[1, 1, 1, 4]], type: 19,
          [0: .int32(2)])
      ) { $0.nodes[0].options[0] = .int32(bad) },
      MalformedModel(
        "block \(bad)", operator: "DEPTH_TO_SPACE",
        .single(
          "DEPTH_TO_SPACE", version: 1, [1, 1, 1, 4], to: [[1, 2, 2, 1]], type: 94,
          [0: .int32(2)])
      ) { $0.nodes[0].options[0] = .int32(bad) },
      MalformedModel(
        "block \(bad)", operator: "SPACE_TO_BATCH_ND",
        .single(
          "SPACE_TO_BATCH_ND", version: 2, [1, 2, 2, 1], to: [[4, 1, 1, 1]],
          constants: [([2], [2, 2]), ([2, 2], [0, 0, 0, 0])])
      ) { $0.setIntegers(1, [bad, 2]) },
      MalformedModel(
        "block \(bad)", operator: "BATCH_TO_SPACE_ND",
        .single(
          "BATCH_TO_SPACE_ND", version: 2, [4, 1, 1, 1], to: [[1, 2, 2, 1]],
          constants: [([2], [2, 2]), ([2, 2], [0, 0, 0, 0])])
      ) { $0.setIntegers(1, [2, bad]) },
      MalformedModel(
        "crop \(bad)", operator: "BATCH_TO_SPACE_ND",
        .single(
          "BATCH_TO_SPACE_ND", version: 2, [4, 1, 1, 1], to: [[1, 1, 2, 1]],
          constants: [([2], [2, 2]), ([2, 2], [1, 0, 0, 0])])
      ) { $0.setIntegers(2, [bad, 0, 0, 0]) },
    ]
  }

  private static let splits: [MalformedModel] = [0, -2, 3, .max, .min].flatMap {
    (bad: Int32) -> [MalformedModel] in
    [
      MalformedModel(
        "splits \(bad)", operator: "SPLIT",
        .single(
          "SPLIT", version: 2, [1, 4], to: [[1, 2], [1, 2]], constants: [([], [1])],
          constantFirst: true, type: 35, [0: .int32(2)])
      ) { $0.nodes[0].options[0] = .int32(bad) },
      MalformedModel(
        "size \(bad)", operator: "SPLIT_V",
        .single(
          "SPLIT_V", version: 2, [1, 4], to: [[1, 2], [1, 2]],
          constants: [([2], [2, 2]), ([], [1])], type: 79, [0: .int32(2)])
      ) { $0.setIntegers(1, [bad, 2]) },
    ]
  }
}
