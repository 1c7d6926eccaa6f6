import Testing

@testable import EdgeRuntime

/// Goal: samples become scores, and every mismatch of model and settings has an error.
/// Method: a model of one fully-connected layer, whose sums are computed by hand.
@Suite struct ScorerTests {
  /// Two steps of one axis → two scores: y = ½ · (W x + b), see `ModelBuilder.fullyConnected`.
  private func scorer(
    _ settings: FeatureSettings, _ model: ModelBuilder = .fullyConnected()
  ) -> Result<Scorer, ScorerError> {
    let model = try! load(model.bytes()).get()
    do throws(ScorerError) {
      return .success(try Scorer(model: model, features: settings))
    } catch {
      return .failure(error)
    }
  }

  private func fault(
    _ settings: FeatureSettings, _ model: ModelBuilder = .fullyConnected()
  ) -> ScorerError? {
    if case .failure(let error) = scorer(settings, model) { return error }
    return nil
  }

  private func push(_ scorer: Scorer, _ sample: [Float]) -> Bool {
    sample.withUnsafeBufferPointer { scorer.push($0) }
  }

  @Test func `scores a window when it is due`() throws {
    let scorer = try scorer(.init(steps: 2, axes: 1, stride: 1)).get()
    #expect(Array(scorer.scores) == [0, 0])
    #expect(!push(scorer, [1]))
    #expect(push(scorer, [2]))
    scorer.score()
    // 7.5 → 8 and −4.5 → −4 steps of 2.
    #expect(Array(scorer.scores) == [16, -8])
    #expect(push(scorer, [.nan]))
    scorer.score()
    // 2 + 0 + 10 = 12 and 6 + 0 − 20 = −14: NaN counts as 0.
    #expect(Array(scorer.scores) == [12, -14])
    scorer.reset()
    #expect(!scorer.isWindowFull && !push(scorer, [1]))
  }

  @Test func `a reset forgets what the model remembers, too`() throws {
    let scorer = try scorer(.init(steps: 2, axes: 1, stride: 2), .runningSum()).get()
    for _ in 0..<2 {
      // The sums start at 5 and 6.
      for expected in [[6, 8], [7, 10]] as [[Float]] {
        #expect(!push(scorer, [1]) && push(scorer, [2]))
        scorer.score()
        #expect(Array(scorer.scores) == expected)
      }
      scorer.reset()
    }
  }

  @Test func `an autoencoder has one score: how badly it gives the window back`() throws {
    let scorer = try scorer(.init(steps: 2, axes: 1, stride: 1, reconstructs: true)).get()
    #expect(scorer.scores.count == 1 && scorer.scoreRange == 0...Float.infinity)
    #expect(!push(scorer, [1]) && push(scorer, [2]))
    scorer.score()
    // The model gives 16 and −8 for 1 and 2: √((15² + 10²) / 2).
    #expect(scorer.scores[0] == Float((325.0 / 2).squareRoot()))
  }

  @Test func `scales each axis by its own`() throws {
    let settings = FeatureSettings(
      steps: 1, axes: 2, stride: 1,
      scaling: [AxisScaling(offset: 100, divide: 10), AxisScaling(lower: -1, upper: 2)])
    let scorer = try scorer(settings).get()
    #expect(push(scorer, [110, 50]))
    scorer.score()
    #expect(Array(scorer.scores) == [16, -8])
  }

  @Test func `names what does not go together`() {
    let good = FeatureSettings(steps: 2, axes: 1, stride: 1)
    func changed(_ change: (inout FeatureSettings) -> Void) -> FeatureSettings {
      var settings = good
      change(&settings)
      return settings
    }
    let steps = RuntimeLimits.windowStepsMax
    #expect(fault(good) == nil)
    #expect(fault(changed { $0.steps = 0 }) == .stepsOutOfRange(found: 0, limit: steps))
    #expect(
      fault(changed { $0.steps = steps + 1 })
        == .stepsOutOfRange(found: steps + 1, limit: steps))
    #expect(
      fault(changed { $0.steps = steps }) == .inputElements(found: 2, expected: steps))
    #expect(fault(changed { $0.axes = 0 }) == .axesOutOfRange(found: 0, limit: 64))
    #expect(fault(changed { $0.axes = 65 }) == .axesOutOfRange(found: 65, limit: 64))
    #expect(fault(changed { $0.stride = 0 }) == .strideOutOfRange(found: 0, limit: steps))
    #expect(fault(changed { $0.stride = steps }) == nil)
    #expect(fault(changed { $0.scaling = [] }) == .scalingCount(found: 0, expected: 1))
    #expect(
      fault(changed { $0.scaling = [AxisScaling(divide: 0)] }) == .scalingInvalid(axis: 0))
    #expect(
      fault(.init(steps: 3, axes: 2, stride: 1), OperatorFixtures.add()) == .inputCount(found: 2))
  }
}
