import CPlatform
import Testing

@testable import Config
@testable import EdgeRuntime
@testable import Models
@testable import System
import TestSupport

/// Goal: golden vectors are taken whole or refused by name, and one byte's difference is seen.
/// Method: the echo model, whose outputs are its inputs; then the repository's model, each output
/// byte of it changed.
@Suite struct GoldenVectorsTests {
  private func interpreter(_ bytes: [UInt8]) throws -> Interpreter {
    try Interpreter(try bytes.withUnsafeBytes { try Model(copying: $0) })
  }

  private func file(
    magic: String = "EAGOLDEN", format: UInt32 = 1, samples: UInt32 = 1, input: UInt32 = 8,
    output: UInt32 = 8, body: Int = 16
  ) -> [UInt8] {
    Array(magic.utf8) + [format, samples, input, output].flatMap(littleEndian)
      + [UInt8](repeating: 0, count: body)
  }

  @Test func `takes its own header's size and no other`() throws {
    #expect(try GoldenVectors(file()).samples == 1)
    #expect(try GoldenVectors(file(samples: 3, body: 48)).samples == 3)
    for (bytes, found) in [
      (file(body: 15), 39), (file(body: 17), 41), (file(samples: 0, body: 0), 24),
      (file(samples: 2), 40), (file(samples: .max, input: .max, output: .max), 40),
    ] {
      #expect(throws: GoldenError.size(found: found)) { try GoldenVectors(bytes) }
    }
  }

  @Test func `what is something else says so`() {
    #expect(throws: GoldenError.notGolden) { try GoldenVectors([]) }
    #expect(throws: GoldenError.notGolden) { try GoldenVectors(Array(file().prefix(23))) }
    #expect(throws: GoldenError.notGolden) { try GoldenVectors(file(magic: "EAGOLDEM")) }
    #expect(throws: GoldenError.format(found: 2)) { try GoldenVectors(file(format: 2)) }
    #expect(throws: GoldenError.format(found: 0xFFFF_FFFF)) {
      try GoldenVectors(file(format: .max))
    }
  }

  @Test func `vectors of another model are refused before it runs`() throws {
    let interpreter = try interpreter(EchoModel().tflite)
    try GoldenVectors(file()).check(interpreter)
    #expect(
      throws: GoldenError.shape(
        inputBytes: 4, outputBytes: 8, modelInputBytes: 8, modelOutputBytes: 8)
    ) { try GoldenVectors(file(input: 4, body: 12)).check(interpreter) }
    #expect(
      throws: GoldenError.shape(
        inputBytes: 8, outputBytes: 0, modelInputBytes: 8, modelOutputBytes: 8)
    ) { try GoldenVectors(file(output: 0, body: 8)).check(interpreter) }
    // Four thousand million samples of nothing in a file that is only its header.
    #expect(throws: GoldenError.self) {
      try GoldenVectors(file(samples: .max, input: 0, output: 0, body: 0)).check(interpreter)
    }
  }

  @Test(.enabled(if: SharedMaterial.mayUse("ops"), SharedMaterial.comment))
  func `a model that remembers is checked from its start and left there`() throws {
    let folder = try SharedMaterial.path("ops"), path = "real_keyword_scrambled_01_svdf"
    let bytes = try ["tflite", "in.bin", "out.bin"].map {
      try Files.read("\(folder)/\(path).\($0)", bytesMax: 1 << 20)
    }
    let interpreter = try interpreter(bytes[0])
    let samples = bytes[1].count / interpreter.input(0).count
    let (input, output) = (bytes[1].count / samples, bytes[2].count / samples)
    var file = Array("EAGOLDEN".utf8)
    for word in [1, samples, input, output] { file += littleEndian(UInt32(word)) }
    for sample in 0..<samples {
      file += bytes[1][(sample * input)..<((sample + 1) * input)]
      file += bytes[2][(sample * output)..<((sample + 1) * output)]
    }
    let vectors = try GoldenVectors(file)
    for _ in 0..<2 { try vectors.check(interpreter) }
    // The same before the check as after it: what ran earlier does not count.
    interpreter.run()
    try vectors.check(interpreter)
  }

  @Test func `one changed byte of an output is refused, whichever it is`() throws {
    let golden = try Files.read("\(fallBundle)/golden.bin", bytesMax: BundleLimits.goldenBytesMax)
    let model = try Files.read("\(fallBundle)/model.tflite", bytesMax: 1 << 20)
    let interpreter = try interpreter(model)
    let vectors = try GoldenVectors(golden)
    try vectors.check(interpreter)
    let stride = vectors.inputBytes + vectors.outputBytes
    #expect(golden.count == 24 + vectors.samples * stride)
    for sample in [0, vectors.samples / 2, vectors.samples - 1] {
      for byte in 0..<vectors.outputBytes {
        var changed = golden
        let place = 24 + sample * stride + vectors.inputBytes + byte
        changed[place] ^= 1
        #expect(
          throws: GoldenError.differs(
            sample: sample, byte: byte, expected: golden[place] ^ 1, found: golden[place])
        ) { try GoldenVectors(changed).check(interpreter) }
      }
    }
  }
}
