@testable import EdgeRuntime

/// Constants without data, with too little or too much, or outside the file; data where none
/// belongs: CVE-2020-15209.
extension MalformedModel {
  static let missingBuffers: [MalformedModel] = [
    MalformedModel("weights without data", .readBeforeWritten(node: 0, tensor: 1)) {
      $0.buffers[1] = []
    },
    MalformedModel(
      "weights too short", .constantBytes(tensor: 1, found: 3, expected: 4)
    ) { $0.buffers[1].removeLast() },
    MalformedModel("weights too long", .constantBytes(tensor: 1, found: 5, expected: 4)) {
      $0.buffers[1].append(1)
    },
    MalformedModel("buffer index = count", .bufferOutOfRange(tensor: 1, buffer: 3, count: 3)) {
      $0.tensors[1].buffer = 3
    },
    MalformedModel(
      "buffer index −1", .bufferOutOfRange(tensor: 1, buffer: Int(UInt32.max), count: 3)
    ) { $0.tensors[1].buffer = .max },
    MalformedModel("data after the FlatBuffer", .bufferExternal(buffer: 1)) {
      $0.externalOffset = 1 << 40
    },
    MalformedModel("input with data", .graphInputConstant(tensor: 0)) {
      $0.buffers.append([1, 2])
      $0.tensors[0].buffer = 3
    },
    MalformedModel("output with data", .constantWritten(node: 0, tensor: 3)) {
      $0.buffers.append([1, 2])
      $0.tensors[3].buffer = 3
    },
    MalformedModel(
      "filter that is not constant", .operandNotConstant(node: 0, tensor: 1)
    ) {
      $0.tensors[1].buffer = 0
      $0.inputs.append(1)
    },
  ]
}
