@testable import EdgeRuntime

/// Files that are no TensorFlow Lite files, or have another version, or have too many or too few
/// parts of a model. (`FlatBufferTests` tests each offset of the FlatBuffer, and
/// `HostileBytesTests` every truncation.)
extension MalformedModel {
  static let brokenStructures: [MalformedModel] = [
    MalformedModel("identifier TFL2", .identifierWrong(found: 0x324C_4654)) {
      $0.identifier = "TFL2"
    },
    MalformedModel("schema version 2", .schemaVersionUnsupported(found: 2)) { $0.version = 2 },
    MalformedModel("schema version −1", .schemaVersionUnsupported(found: .max)) {
      $0.version = .max
    },
    MalformedModel("no subgraph", .missing(.subgraphs)) { $0.subgraphs = 0 },
    MalformedModel("no operator", .missing(.operatorCodes)) { $0.nodes = [] },
    MalformedModel(
      "4,097 tensors",
      .tooMany(.tensors, found: RuntimeLimits.tensorsMax + 1, limit: RuntimeLimits.tensorsMax)
    ) {
      let missing = RuntimeLimits.tensorsMax + 1 - $0.tensors.count
      $0.tensors += Array(repeating: .init(shape: [1]), count: missing)
    },
    MalformedModel(
      "2,049 operators",
      .tooMany(.operators, found: RuntimeLimits.operatorsMax + 1, limit: RuntimeLimits.operatorsMax)
    ) { $0.nodes = Array(repeating: $0.nodes[0], count: RuntimeLimits.operatorsMax + 1) },
    MalformedModel(
      "8,193 buffers",
      .tooMany(.buffers, found: RuntimeLimits.buffersMax + 1, limit: RuntimeLimits.buffersMax)
    ) {
      $0.buffers += Array(repeating: [], count: RuntimeLimits.buffersMax + 1 - $0.buffers.count)
    },
    MalformedModel(
      "257 operator codes",
      .tooMany(
        .operatorCodes, found: RuntimeLimits.operatorCodesMax + 1,
        limit: RuntimeLimits.operatorCodesMax)
    ) { model in
      let node = model.nodes[0]
      model.nodes = (0...RuntimeLimits.operatorCodesMax).map {
        var node = node
        node.version = Int32($0)
        return node
      }
    },
    MalformedModel(
      "65 operands",
      .tooMany(
        .operatorInputs, found: RuntimeLimits.operandsMax + 1, limit: RuntimeLimits.operandsMax)
    ) { $0.nodes[0].inputs = Array(repeating: 0, count: RuntimeLimits.operandsMax + 1) },
  ]
}
