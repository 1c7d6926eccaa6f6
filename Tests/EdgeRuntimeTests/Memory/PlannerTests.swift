import TestSupport
import Testing

@testable import EdgeRuntime

/// Goal: no two pieces of memory that are in use at the same time share a byte, and arenas stay
/// small.
/// Method: plans worked by hand, random requests, and the plans of real models.
@Suite struct PlannerTests {
  private func expectNoOverlap(_ requests: [MemoryRequest]) {
    let (offsets, bytes) = Planner.place(requests)
    for a in requests.indices {
      #expect(offsets[a] % 16 == 0 && offsets[a] + requests[a].bytes <= bytes)
      for b in 0..<a where requests[a].overlaps(requests[b]) {
        let apart =
          offsets[a] + requests[a].bytes <= offsets[b]
          || offsets[b] + requests[b].bytes <= offsets[a]
        #expect(apart, "\(requests[a]) and \(requests[b])")
      }
    }
  }

  @Test func `nothing needs nothing`() {
    #expect(Planner.place([]).bytes == 0)
  }

  @Test func `what never lives at once shares its place`() {
    let (offsets, bytes) = Planner.place([
      MemoryRequest(bytes: 100, first: 0, last: 1), MemoryRequest(bytes: 50, first: 2, last: 3),
      MemoryRequest(bytes: 1, first: 1, last: 2),
    ])
    #expect(offsets == [0, 0, 112])
    #expect(bytes == 128)
  }

  @Test func `layers that grow in turn are placed by time`() {
    // Largest first needs 6 + 4 + 3 (times 16); by time, no two neighbours need more than 9.
    let sizes = [4, 3, 3, 6].map { $0 * 16 }
    let chain = sizes.enumerated().map {
      MemoryRequest(bytes: $0.element, first: $0.offset - 1, last: $0.offset)
    }
    #expect(Planner.place(chain).bytes == 9 * 16)
  }

  @Test func `random graphs`() {
    var random = SeededRandom(seed: 0x5EED_0004, for: "random graphs")
    for _ in 0..<300 {
      let count = Int.random(in: 1...40, using: &random)
      let requests = (0..<count).map { _ in
        let first = Int.random(in: -1...20, using: &random)
        return MemoryRequest(
          bytes: Int.random(in: 1...300, using: &random), first: first,
          last: first + Int.random(in: 0...6, using: &random))
      }
      expectNoOverlap(requests)
    }
  }

  /// Whether one of two tensors is, directly or through others, an alias of the other or written
  /// over it.
  private func sharesPlace(
    _ a: PlannedTensor, _ b: PlannedTensor, _ plan: [PlannedTensor]
  ) -> Bool {
    func first(_ place: PlannedTensor) -> Int? {
      guard let before = place.aliasOf ?? place.writtenOver else { return place.tensor }
      return plan.first { $0.tensor == before }.flatMap(first)
    }
    return a.tensor != nil && first(a) == first(b)
  }

  /// x and w [1, 64]; sum = x + w; z = x' + sum, where x' is x or `sum` again.
  private func twoSums(readingFirstInputAgain: Bool) throws -> Model {
    var model = ModelBuilder()
    let (x, w) = (model.tensor([1, 64]), model.tensor([1, 64]))
    let (sum, z) = (model.tensor([1, 64], scale: 2), model.tensor([1, 64], scale: 4))
    model.node(.add, [x, w], [sum], type: Schema.Add.optionsType)
    model.node(
      .add, [readingFirstInputAgain ? x : sum, sum], [z], type: Schema.Add.optionsType)
    (model.inputs, model.outputs) = ([x, w], [z])
    return try load(model.bytes()).get()
  }

  @Test func `a sum is written over the operand that is not read afterwards`() throws {
    let free = try twoSums(readingFirstInputAgain: false)
    #expect(free.plan.entries.map(\.writtenOver) == [nil, nil, 0, 2])
    #expect(free.arenaBytes == 128)
    // x is read again, so the first sum takes w's place.
    let kept = try twoSums(readingFirstInputAgain: true)
    #expect(kept.plan.entries.map(\.writtenOver) == [nil, nil, 1, 0])
    #expect(kept.arenaBytes == 128)
  }

  @Test func `what is read later under another shape is not written over`() throws {
    var model = ModelBuilder()
    let (x, w) = (model.tensor([1, 64]), model.tensor([1, 64]))
    let (flat, sum) = (model.tensor([64]), model.tensor([1, 64], scale: 2))
    let y = model.tensor([1, 64], scale: 4)
    model.node(.reshape, [x], [flat], type: Schema.Reshape.optionsType)
    model.node(.add, [x, w], [sum], type: Schema.Add.optionsType)
    model.node(.add, [flat, sum], [y], type: Schema.Add.optionsType)
    (model.inputs, model.outputs) = ([x, w], [y])
    let plan = try load(model.bytes()).get().plan.entries
    #expect(plan[2].aliasOf == 0)
    #expect(plan[3].writtenOver == 1)
    // At the end x and its other shape are free together.
    #expect(plan[4].writtenOver == 2)
  }

  @Test(.enabled(if: SharedMaterial.mayUse("models"), SharedMaterial.comment))
  func `real models`() throws {
    for name in try SharedMaterial.models("models") {
      guard case .success(let model) = load(try SharedMaterial.bytes("models", name + ".tflite"))
      else {
        continue
      }
      let plan = model.plan.entries
      for a in plan.indices {
        #expect(plan[a].offset % 16 == 0 && plan[a].offset + plan[a].bytes <= model.arenaBytes)
        for b in 0..<a where !sharesPlace(plan[a], plan[b], plan) {
          guard plan[a].firstNode <= plan[b].lastNode, plan[b].firstNode <= plan[a].lastNode
          else { continue }
          let apart =
            plan[a].offset + plan[a].bytes <= plan[b].offset
            || plan[b].offset + plan[b].bytes <= plan[a].offset
          #expect(apart, "\(name): \(plan[a]) and \(plan[b])")
        }
      }
    }
  }
}

extension MemoryRequest {
  fileprivate func overlaps(_ other: MemoryRequest) -> Bool {
    first <= other.last && other.first <= last
  }
}
