import EdgeRuntime
import Models

/// One version of a pipeline's model with everything that its scoring needs, allocated, so that a
/// pipeline can change its version between two frames.
///
/// A cold thread makes it (`ModelLoader.swift`); then it belongs to the hot thread alone. Its maker
/// keeps a reference until the hot thread has let go of it, so that the hot thread never frees one.
final class LoadedModel: @unchecked Sendable {
  let bundle: ModelBundle
  let scorer: Scorer
  /// For each of the model's features the sensor's field.
  let binding: [Int]
  /// For each of the pipeline's watched labels its index.
  let watchedLabels: [Int]
  /// For each feature its place among the features of the version before; empty where that version
  /// lacks one of them, and where there was no version before.
  let places: [Int]
  /// It remembers earlier windows.
  let hasState: Bool
  private let features: UnsafeMutableBufferPointer<Float>

  init(
    _ bundle: ModelBundle, scorer: Scorer, binding: [Int], watchedLabels: [Int], places: [Int]
  ) {
    (self.bundle, self.scorer, self.binding) = (bundle, scorer, binding)
    (self.watchedLabels, self.places) = (watchedLabels, places)
    hasState = bundle.model.stateBytes > 0
    features = .allocate(capacity: binding.count)
    features.initialize(repeating: 0)
  }

  deinit { features.deallocate() }

  var version: String { bundle.manifest.version }

  /// Bytes: the model's file and tables, its arena, its window.
  var byteCount: Int {
    bundle.model.fileBytes + bundle.model.tableBytes + bundle.model.arenaBytes
      + scorer.windowBytes
  }

  /// Hot: takes one sample in the sensor's field order. True when a window is due. A sample that
  /// lacks one of the features (NaN) is a gap for this model: the window begins anew after it.
  func push(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    for feature in binding.indices {
      let value = values[binding[feature]]
      guard !value.isNaN else {
        scorer.reset()
        return false
      }
      features[feature] = value
    }
    return scorer.push(UnsafeBufferPointer(features))
  }

  /// Hot: begins with the samples that the version before had in its window, so that no window is
  /// lost. Its first score comes one stride later where that window is long enough.
  func continueWindow(of old: LoadedModel) {
    guard !places.isEmpty else { return }
    let values = old.scorer.windowValues
    let width = old.binding.count
    let rows = values.count / width
    for row in max(0, rows - scorer.settings.steps)..<rows {
      for feature in places.indices { features[feature] = values[row * width + places[feature]] }
      _ = scorer.push(UnsafeBufferPointer(features))
    }
  }
}
