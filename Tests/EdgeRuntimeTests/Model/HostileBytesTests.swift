import Testing

@testable import EdgeRuntime

/// Goal: no bytes crash the reader, and a model that it accepts runs within its memory.
/// Method: every truncation of models that have most operators, and many changes of a single byte.
/// A model that loads is run once. (Under the address sanitizer this finds more.)
@Suite struct HostileBytesTests {
  private static let models: [ModelBuilder] =
    [
      .fullyConnected(), .conv2D(), OperatorFixtures.depthwise(), OperatorFixtures.mean(),
      OperatorFixtures.pad(), OperatorFixtures.add(), OperatorFixtures.averagePool(),
      OperatorFixtures.softmax(),
    ] + MovementFixtures.all
  /// Small, so that a dimension that grows is refused instead of filling memory.
  private static let limits = ModelLimits(arenaBytesMax: 1 << 16)

  @Test func `every truncation is refused or runs`() throws {
    for model in Self.models {
      let bytes = model.bytes()
      for count in 0..<bytes.count {
        if case .success(let model) = load(Array(bytes[..<count]), limits: Self.limits) {
          try Interpreter(model).run()
        }
      }
    }
    #expect(refusal(of: []) == .fileTooSmall(bytes: 0))
    #expect(refusal(of: Array(repeating: 0, count: 7)) == .fileTooSmall(bytes: 7))
  }

  @Test func `every change of one byte is refused or runs`() throws {
    var random = SeededRandom(seed: 0x5EED_0001, for: "hostile bytes")
    let files = Self.models.map { $0.bytes() }
    var accepted = 0
    for round in 0..<20_000 {
      var bytes = files[round % files.count]
      bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
        in: 0...255, using: &random)
      if case .success(let model) = load(bytes, limits: Self.limits) {
        accepted += 1
        try Interpreter(model).run()
      }
    }
    // Many bytes are weights, padding or names, so some models must load and some must be refused.
    // Otherwise nothing was tested.
    #expect(accepted > 1_000 && accepted < 19_000, "accepted \(accepted)")
  }

  @Test func `weights shared by many operators exhaust the budget, not the machine`() {
    var model = ModelBuilder()
    var last = model.tensor([1, 256])
    model.inputs = [last]
    let weights = model.constant([256, 256], [Int8](repeating: 1, count: 1 << 16))
    for _ in 0..<16 {
      let next = model.tensor([1, 256])
      model.node(.fullyConnected, [last, weights], [next])
      last = next
    }
    model.outputs = [last]
    guard case .visitedTooMuch(let bytes, let limit) = model.fault else {
      Issue.record("sixteen passes over one matrix were allowed")
      return
    }
    #expect(bytes > limit && limit == 4 * model.bytes().count)
  }
}
