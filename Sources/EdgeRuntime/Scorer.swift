/// Turns a window of physical values into scores: the whole module behind three calls.
///
///     push    puts one sample into the window; true when a window is due
///     score   scale → quantize → run → dequantize
///     scores  is the result
///
/// `init` allocates everything. The three calls allocate nothing, throw nothing and take no lock.
/// Used by one thread at a time.
package final class Scorer {
  package let settings: FeatureSettings
  private let interpreter: Interpreter
  private var window: SlidingWindow
  private let encoder: WindowEncoder
  private let decoder: ScoreDecoder
  private let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeRawBufferPointer
  /// Nil for a model whose outputs are its scores.
  private let reconstruction: ReconstructionError?
  private let results: UnsafeMutableBufferPointer<Float>
  /// The model remembers earlier windows.
  private let hasState: Bool

  /// - Throws: `.input…` or `.output…` when the model has not one input of steps · axes elements
  ///   and one output, each int8, uint8, int16 or float32; the settings' own faults; `.model` when
  ///   there is no memory.
  @export(interface)
  package init(model: Model, features settings: FeatureSettings) throws(ScorerError) {
    try Self.verify(settings)
    guard model.inputs.count == 1 else { throw .inputCount(found: model.inputs.count) }
    guard model.outputs.count == 1 else { throw .outputCount(found: model.outputs.count) }
    let elements = model.inputs[0].elementCount
    guard elements == settings.steps * settings.axes else {
      throw .inputElements(found: elements, expected: settings.steps * settings.axes)
    }
    self.settings = settings
    hasState = model.stateBytes > 0
    encoder = try WindowEncoder(settings, input: model.inputs[0])
    decoder = try ScoreDecoder(model.outputs[0])
    do throws(ModelError) {
      interpreter = try Interpreter(model)
    } catch {
      throw .model(error)
    }
    input = interpreter.input(0)
    output = interpreter.output(0)
    window = SlidingWindow(steps: settings.steps, axes: settings.axes, stride: settings.stride)
    reconstruction =
      settings.reconstructs
      ? try ReconstructionError(input: model.inputs[0], output: model.outputs[0]) : nil
    results = .allocate(capacity: settings.reconstructs ? 1 : model.outputs[0].elementCount)
    results.initialize(repeating: 0)
  }

  deinit {
    results.deallocate()
    reconstruction?.deallocate()
  }

  private static func verify(_ settings: FeatureSettings) throws(ScorerError) {
    guard settings.steps >= 1, settings.steps <= RuntimeLimits.windowStepsMax else {
      throw .stepsOutOfRange(found: settings.steps, limit: RuntimeLimits.windowStepsMax)
    }
    guard settings.axes >= 1, settings.axes <= RuntimeLimits.axesMax else {
      throw .axesOutOfRange(found: settings.axes, limit: RuntimeLimits.axesMax)
    }
    guard settings.stride >= 1, settings.stride <= RuntimeLimits.windowStepsMax else {
      throw .strideOutOfRange(found: settings.stride, limit: RuntimeLimits.windowStepsMax)
    }
    guard settings.scaling.count == settings.axes else {
      throw .scalingCount(found: settings.scaling.count, expected: settings.axes)
    }
    for axis in 0..<settings.axes where !settings.scaling[axis].isValid {
      throw .scalingInvalid(axis: axis)
    }
  }

  /// Takes one sample of `settings.axes` values, in the units that the scaling expects. Hot.
  ///
  /// - Returns: whether a window is due: after `steps` samples since the start or a `reset`, then
  ///   after every `stride` samples.
  package func push(_ sample: UnsafeBufferPointer<Float>) -> Bool { window.append(sample) }

  /// Scores the window as it is now. Hot. There must have been a full window since the last
  /// `reset`.
  ///
  /// A value that is not a number is scored as the real 0 (the input's zero point).
  ///
  /// - Complexity: the model's multiplications, and a few operations for each value of the window.
  @export(interface)
  package func score() {
    precondition(window.isFull)
    encoder.encode(window.oldestFirst, into: input)
    reconstruction?.keep(UnsafeRawBufferPointer(input))
    interpreter.run()
    if let reconstruction {
      results[0] = reconstruction.error(of: output)
    } else {
      decoder.decode(output, into: results.baseAddress!)
    }
  }

  /// The outputs of the last `score` as real numbers; all 0 before the first. The address is valid
  /// as long as the scorer.
  package var scores: UnsafeBufferPointer<Float> { UnsafeBufferPointer(results) }

  /// The least and the greatest score that the model's output can hold. An int8 output with a scale
  /// of 1/256 reaches 0.99609375 and no more.
  /// An autoencoder's is 0 and more.
  package var scoreRange: ClosedRange<Float> {
    settings.reconstructs ? 0...Float.infinity : decoder.range
  }

  /// Bytes beside the model and its arena: the window, and what a reconstruction compares.
  package var windowBytes: Int { window.byteCount + (reconstruction?.byteCount ?? 0) }

  /// Whether `score` may be called.
  package var isWindowFull: Bool { window.isFull }

  /// The values that the next `score` may take, `[≤ steps, axes]`, oldest first: those behind a
  /// place in doubt. Valid until the next `push`.
  package var windowValues: UnsafeBufferPointer<Float> { window.oldestCertainFirst }

  /// Before the next sample others may be missing: until `trust` or `breakOff` no window that spans
  /// that place is due. A model with a state begins anew at once, since it cannot take a window
  /// back. Hot.
  package func doubt() {
    if hasState { reset() } else { window.doubt() }
  }

  /// No samples were missing. Hot.
  package func trust() { window.trust() }

  /// The last sample completed a window that spans a place in doubt: it may be scored, and its
  /// scores are of use only if no samples were missing.
  package var isDueInDoubt: Bool { window.isDueInDoubt }

  /// Samples were missing: the window keeps those since the doubt. Hot.
  package func breakOff() { window.breakOff() }

  /// Forgets the window and the model's state. For use after a gap in the samples. Hot.
  @export(interface)
  package func reset() {
    window.reset()
    interpreter.resetState()
  }
}
