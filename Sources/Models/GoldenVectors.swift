import EdgeRuntime
import System

/// `golden.bin`: inputs, and the exact outputs that the reference kernels gave for them. A board
/// that computes one byte differently must not score with the model.
///
///     "EAGOLDEN"
///     4 × u32, little-endian: format = 1, samples, input bytes a sample, output bytes a sample
///     for each sample: its input bytes, its output bytes
struct GoldenVectors: Equatable {
  /// Bytes before the first sample.
  private static let header = 24

  let samples: Int
  let inputBytes: Int
  let outputBytes: Int
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) throws(GoldenError) {
    guard bytes.count >= Self.header, bytes.starts(with: "EAGOLDEN".utf8) else {
      throw .notGolden
    }
    func word(_ index: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[8 + 4 * index + $1]) << (8 * $1) }
    }
    guard word(0) == 1 else { throw .format(found: word(0)) }
    (samples, inputBytes, outputBytes) = (word(1), word(2), word(3))
    // Each word is below 2^32, so the sum is below 2^33. The product is below 2^65 and may
    // overflow.
    let (body, overflows) = samples.multipliedReportingOverflow(by: inputBytes + outputBytes)
    guard samples > 0, !overflows, body == bytes.count - Self.header else {
      throw .size(found: bytes.count)
    }
    self.bytes = bytes
  }

  /// Runs every sample, in order and from the model's first state on, and compares every byte.
  /// After this the interpreter has its first state again. The cost is one inference for each
  /// sample.
  ///
  /// - Returns: the time of the fastest inference in nanoseconds. This board needs so long when it
  ///   does nothing else.
  /// - Throws: `.shape` and `.differs`.
  @discardableResult
  func check(_ interpreter: Interpreter) throws(GoldenError) -> Int64 {
    let input = interpreter.input(0)
    let output = interpreter.output(0)
    guard input.count == inputBytes, output.count == outputBytes else {
      throw .shape(
        inputBytes: inputBytes, outputBytes: outputBytes, modelInputBytes: input.count,
        modelOutputBytes: output.count)
    }
    var fastest = Int64.max
    interpreter.resetState()
    defer { interpreter.resetState() }
    for sample in 0..<samples {
      let start = Self.header + sample * (inputBytes + outputBytes)
      bytes.withUnsafeBytes { raw in
        input.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[start..<start + inputBytes]))
      }
      let began = Clock.boot()
      interpreter.run()
      fastest = min(fastest, Clock.boot() - began)
      for byte in 0..<outputBytes where output[byte] != bytes[start + inputBytes + byte] {
        throw .differs(
          sample: sample, byte: byte, expected: bytes[start + inputBytes + byte],
          found: output[byte])
      }
    }
    return fastest
  }
}

/// Why the agent refuses golden vectors.
package enum GoldenError: Error, Equatable {
  case notGolden
  case format(found: Int)
  /// The file's length is not what its header says. `found`: bytes.
  case size(found: Int)
  case shape(inputBytes: Int, outputBytes: Int, modelInputBytes: Int, modelOutputBytes: Int)
  /// This board computed something else.
  case differs(sample: Int, byte: Int, expected: UInt8, found: UInt8)
}
