@testable import EdgeRuntime

/// Samples one after the other, and the reference's outputs for them.
struct GoldenVectors {
  let inputs: [UInt8]
  let outputs: [UInt8]

  /// Runs all samples in order on one new interpreter, as models with state need it.
  ///
  /// - Returns: the first difference, in words; nil when every byte equals the reference's.
  func fault(_ model: Model) throws -> String? {
    let interpreter = try Interpreter(model)
    let inputBytes = model.inputs.reduce(0) { $0 + $1.byteCount }
    let outputBytes = model.outputs.reduce(0) { $0 + $1.byteCount }
    let samples = inputs.count / inputBytes
    guard samples > 0, samples * inputBytes == inputs.count,
      samples * outputBytes == outputs.count
    else {
      return "\(inputs.count) bytes in, \(outputs.count) out; "
        + "a sample has \(inputBytes) and \(outputBytes)"
    }
    for sample in 0..<samples {
      let found = interpreter.infer(inputs[(sample * inputBytes)..<((sample + 1) * inputBytes)])
      let golden = outputs[(sample * outputBytes)..<((sample + 1) * outputBytes)]
      guard let place = zip(found, golden).enumerated().first(where: { $1.0 != $1.1 }) else {
        continue
      }
      let (byte, (computed, expected)) = place
      return "sample \(sample), byte \(byte): \(computed), the reference has \(expected)"
    }
    return nil
  }
}
