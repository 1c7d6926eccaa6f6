import Testing

@testable import Models
@testable import System
import TestSupport
@testable import edgeagent

/// Goal: every sample of the input gives its output, and half a sample gives nothing.
/// Method: the repository's golden vectors: their inputs in, their outputs expected.
@Suite struct InferCommandTests {
  let folder = TestFolder()

  private func infer(_ input: [UInt8]) throws -> [UInt8] {
    let path = try folder.file("in.bin", input)
    try InferCommand.execute([fallBundle, "--input", path, "--output", "\(folder.path)/out.bin"])
    return try Files.read("\(folder.path)/out.bin", bytesMax: 1 << 20)
  }

  @Test func `gives the golden outputs for the golden inputs`() throws {
    let golden = try Files.read("\(fallBundle)/golden.bin", bytesMax: 1 << 20)
    let vectors = try GoldenVectors(golden)
    var (inputs, outputs) = ([UInt8](), [UInt8]())
    for sample in 0..<vectors.samples {
      let start = 24 + sample * (vectors.inputBytes + vectors.outputBytes)
      inputs += golden[start..<start + vectors.inputBytes]
      outputs +=
        golden[start + vectors.inputBytes..<start + vectors.inputBytes + vectors.outputBytes]
    }
    #expect(try infer(inputs) == outputs)
  }

  @Test(arguments: [0, 1, 1151, 1153]) func `half a sample is refused`(count: Int) {
    #expect(throws: Failure.self) { try infer([UInt8](repeating: 0, count: count)) }
  }
}
