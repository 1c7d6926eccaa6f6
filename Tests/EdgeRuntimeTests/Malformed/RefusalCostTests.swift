import Glibc
import Testing

@testable import EdgeRuntime

/// Goal: a hostile file costs little before it is refused: the reader reads at most four times the
/// file, and a megabyte takes at most 50 ms.
/// Method: every malformed model made a megabyte longer, and models of a megabyte whose fault comes
/// last. The assertion is on the bytes read. The thread's time is printed and compared with a limit
/// far above, since this build has no optimization.
@Suite(.serialized) struct RefusalCostTests {
  private static let mebibyte = 1 << 20
  private static let millisecondsMax = 2000.0

  @Test func `a malformed megabyte is refused within the budget`() {
    var slowest = (name: "", milliseconds: 0.0)
    for malformed in MalformedModel.all {
      // Anything may follow a FlatBuffer.
      let bytes =
        malformed.changed.bytes() + [UInt8](repeating: 0, count: Self.mebibyte)
      let cost = Self.refuse(bytes, malformed)
      if cost > slowest.milliseconds { slowest = (malformed.name, cost) }
    }
    Self.say("slowest of \(MalformedModel.all.count) malformed models of 1 MiB", slowest)
  }

  @Test(arguments: MalformedModel.expensive)
  func `a fault at the end is found within the budget`(model: MalformedModel) {
    let bytes = model.changed.bytes()
    Self.say("\(bytes.count) bytes", (model.name, Self.refuse(bytes, model)))
  }

  /// Milliseconds until the refusal.
  private static func refuse(_ bytes: [UInt8], _ model: MalformedModel) -> Double {
    bytes.withUnsafeBytes { raw in
      let start = seconds()
      var fault: ModelError?
      var visited = 0
      do throws(ModelError) {
        let file = try FileCopy(raw)
        let reader = FlatBuffer(file.bytes)
        defer { visited = reader.bytesVisited }
        _ = try Model(file, reader, limits: .standard)
      } catch { fault = error }
      let milliseconds = 1000 * (seconds() - start)
      #expect(model.accepts(fault), "\(model.name): \(String(describing: fault))")
      #expect(visited <= RuntimeLimits.visitsPerByteMax * bytes.count, "\(model.name)")
      #expect(milliseconds < millisecondsMax, "\(model.name)")
      return milliseconds
    }
  }

  private static func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func say(_ what: String, _ cost: (name: String, milliseconds: Double)) {
    print("\(what): \(Double(Int(10 * cost.milliseconds)) / 10) ms, \(cost.name)")
  }
}

extension MalformedModel {
  /// The most costly ways to be refused: all weights, all tables or all tensors are read first.
  fileprivate static let expensive: [MalformedModel] = [
    MalformedModel(
      "a megabyte of weights", in: layers(weights: 1 << 20, nodes: 1),
      .graphOutputNotWritten(tensor: 0)
    ) { $0.outputs.append(0) },
    MalformedModel(
      "a megabyte of weights, the last bias wrong", in: layers(weights: 1 << 20, nodes: 1),
      .accumulatorOverflow(node: 1, channel: 1)
    ) { model in
      let bias = model.constant([2], int32: [0, .min])
      let weights = model.constant([2, 1024], [Int8](repeating: 1, count: 2048))
      let y = model.tensor([1, 2])
      model.node(
        .fullyConnected, [model.outputs[0], weights, bias], [y],
        type: Schema.FullyConnected.optionsType)
    },
    MalformedModel(
      "weights that are read again and again", in: layers(weights: 1 << 20, nodes: 1),
      .visitedTooMuch(bytes: 0, limit: 0)
    ) { $0 = layers(weights: 1 << 20, nodes: 64) },
    MalformedModel(
      "2,048 operators that need more than the arena", in: layers(weights: 1 << 8, nodes: 1),
      .arenaTooLarge(bytes: 0, limit: 0)
    ) { $0 = many(tensorBytes: 4096) },
    MalformedModel(
      "a constant of a megabyte as axes", in: OperatorFixtures.mean(),
      .operandCount(node: 0, tensor: 2, found: 1 << 18, expected: RuntimeLimits.operandsMax)
    ) {
      $0.tensors[2].shape = [1 << 18]
      $0.setIntegers(1, Array(repeating: 2, count: 1 << 18))
    },
  ]

  /// A chain of layers over one square matrix.
  private static func layers(weights: Int, nodes: Int) -> ModelBuilder {
    var model = ModelBuilder()
    var side: Int32 = 1
    while Int(side * side) < weights { side *= 2 }
    var last = model.tensor([1, side])
    model.inputs = [last]
    let matrix = model.constant([side, side], [Int8](repeating: 1, count: Int(side * side)))
    for _ in 0..<nodes {
      let next = model.tensor([1, side])
      model.node(
        .fullyConnected, [last, matrix], [next], type: Schema.FullyConnected.optionsType)
      last = next
    }
    model.outputs = [last]
    return model
  }

  /// As many operators as the limit allows, with half of their outputs needed until the end: the
  /// planner's worst case.
  private static func many(tensorBytes: Int32) -> ModelBuilder {
    var model = ModelBuilder()
    let x = model.tensor([1, tensorBytes])
    model.inputs = [x]
    var ys: [Int32] = []
    while ys.count < RuntimeLimits.operatorsMax / 2 {
      ys.append(model.tensor([1, tensorBytes]))
      model.node(.add, [x, x], [ys.last!], type: Schema.Add.optionsType)
    }
    var sum = x
    for y in ys.reversed() {
      let next = model.tensor([1, tensorBytes])
      model.node(.add, [sum, y], [next], type: Schema.Add.optionsType)
      sum = next
    }
    model.outputs = [sum]
    return model
  }
}
