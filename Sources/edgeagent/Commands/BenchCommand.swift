import CPlatform
import EdgeRuntime
import System
import Text

/// `bench`: times one model on one thread after a warm-up. With `--frames` it times the whole way
/// from a frame to its alert, and with `--sensors` the way from bytes to samples without a model.
enum BenchCommand {
  static func execute(_ words: [String]) throws(Failure) {
    switch try parse(words) {
    case .model(let path, let runs, let asJSON): try model(path, runs: runs, asJSON: asJSON)
    case .latency(let path, let frames, let rate, let asJSON):
      try LatencyBench(bundle: path, frames: frames, rateHertz: rate).run(asJSON: asJSON)
    case .sensors(let frames, let asJSON): try SensorBench(frames: frames).run(asJSON: asJSON)
    }
  }

  private enum Options {
    case model(String, runs: Int, asJSON: Bool)
    case latency(String, frames: Int, rate: Int, asJSON: Bool)
    case sensors(frames: Int, asJSON: Bool)
  }

  private static func parse(_ words: [String]) throws(Failure) -> Options {
    do throws(UsageError) {
      let arguments = try Arguments(
        words, flags: ["--json", "--sensors"], valued: ["--runs", "--frames", "--rate"])
      let asJSON = arguments.has("--json")
      if arguments.has("--sensors") {
        try arguments.noOperand()
        for option in ["--runs", "--rate"] where arguments.value(option) != nil {
          throw .optionAlone(option, needs: "MODEL")
        }
        let frames = try arguments.integer("--frames", default: 100_000, in: 100...1_000_000)
        return .sensors(frames: frames, asJSON: asJSON)
      }
      let path = try arguments.operand("MODEL")
      guard arguments.value("--frames") != nil || arguments.value("--rate") != nil else {
        let runs = try arguments.integer("--runs", default: 1000, in: 1...10_000_000)
        return .model(path, runs: runs, asJSON: asJSON)
      }
      let frames = try arguments.integer("--frames", default: 100_000, in: 100...10_000_000)
      let rate = try arguments.integer("--rate", default: 1000, in: 1...20_000)
      return .latency(path, frames: frames, rate: rate, asJSON: asJSON)
    } catch {
      throw .usage(error, .bench)
    }
  }

  private static func model(_ path: String, runs: Int, asJSON: Bool) throws(Failure) {
    let interpreter = try ModelOperand.interpreter(try ModelOperand.load(path), path: path)
    // With noise as input, the branches and sums are like those of real samples. The seed makes it
    // the same noise each time.
    var random = SplitMix(state: 1)
    let input = interpreter.input(0)
    let noise = (0..<input.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    var times = LatencyHistogram(capacity: runs)
    for run in 0..<(runs + max(10, runs / 10)) {
      noise.withUnsafeBytes { input.copyMemory(from: $0) }
      let start = Clock.boot()
      interpreter.run()
      let duration = Clock.boot() - start
      if run >= max(10, runs / 10) { times.record(duration) }
    }
    let (p50, p99, max) = (times.percentile(0.5), times.percentile(0.99), times.worst())
    if asJSON {
      Terminal.write(
        JSONWriter.text { writer in
          writer.member("model", path)
          writer.member("kernel", kernelName())
          writer.member("runs", runs)
          writer.member("p50_us", p50, decimals: 1)
          writer.member("p99_us", p99, decimals: 1)
          writer.member("max_us", max, decimals: 1)
          writer.member("arena_bytes", interpreter.arenaBytes)
        } + "\n")
    } else {
      Terminal.write(
        "\(path): \(Decimal.count(runs, "run")), one thread, \(kernelName()) kernels\n"
          + "  p50 \(Decimal.text(p50, decimals: 1)) µs   p99 \(Decimal.text(p99, decimals: 1)) µs"
          + "   max \(Decimal.text(max, decimals: 1)) µs   arena \(interpreter.arenaBytes) bytes\n")
    }
  }
}
