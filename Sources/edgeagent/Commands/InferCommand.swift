import EdgeRuntime
import System
import Text

/// `infer`: runs a model on raw little-endian tensors, and writes raw little-endian tensors. The
/// file has any number of samples, one after the other. A sample has all inputs or outputs, in the
/// model's order. A model with states takes the samples as one sequence, from its first state on.
enum InferCommand {
  static func execute(_ words: [String]) throws(Failure) {
    let (modelPath, inputPath, outputPath) = try parse(words)
    let model = try ModelOperand.load(modelPath)
    let interpreter = try ModelOperand.interpreter(model, path: modelPath)
    let input: [UInt8]
    do throws(Files.Failure) {
      input = try Files.readStream(inputPath, bytesMax: 1 << 30)
    } catch {
      throw .failed("\(inputPath): \(error.text)")
    }
    let sampleBytes = model.inputs.reduce(0) { $0 + $1.byteCount }
    guard !input.isEmpty, input.count % sampleBytes == 0 else {
      throw .failed(
        "\(inputPath): \(Decimal.count(input.count, "byte")) make no whole number of samples; "
          + "one sample of \(modelPath) has \(sampleBytes)")
    }
    let output = run(interpreter, model, on: input, sampleBytes: sampleBytes)
    do throws(Files.Failure) {
      try Files.writeStream(output, to: outputPath)
    } catch {
      throw .failed("\(outputPath): \(error.text)")
    }
  }

  private static func parse(_ words: [String]) throws(Failure) -> (String, String, String) {
    do throws(UsageError) {
      let arguments = try Arguments(words, valued: ["--input", "--output"])
      return (
        try arguments.operand("MODEL"), try arguments.required("--input"),
        try arguments.required("--output")
      )
    } catch {
      throw .usage(error, .infer)
    }
  }

  private static func run(
    _ interpreter: Interpreter, _ model: Model, on input: [UInt8], sampleBytes: Int
  ) -> [UInt8] {
    var output: [UInt8] = []
    var next = 0
    while next < input.count {
      for index in model.inputs.indices {
        let tensor = interpreter.input(index)
        input.withUnsafeBytes { bytes in
          tensor.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[next..<next + tensor.count]))
        }
        next += tensor.count
      }
      interpreter.run()
      for index in model.outputs.indices { output.append(contentsOf: interpreter.output(index)) }
    }
    return output
  }
}
