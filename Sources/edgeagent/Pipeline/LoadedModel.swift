import EdgeRuntime

/// One version of a pipeline's model with everything its scoring needs, allocated: a pipeline can
/// change from one to another between two frames.
///
/// Made by a cold thread and then the hot thread's alone. Whoever made it keeps a reference until
/// the hot thread has let go of it, so that the hot thread never frees one.
final class LoadedModel: @unchecked Sendable {
  let bundle: ModelBundle
  let scorer: Scorer
  /// For each of the model's features the sensor's field.
  let binding: [Int]
  /// For each of the pipeline's alarms the index of its label. Set once, before it scores.
  var alarmLabels: [Int] = []
  /// For each feature its place among those of the version before; empty where that one lacks a
  /// feature. Set once, before it scores.
  var places: [Int] = []
  private let features: UnsafeMutableBufferPointer<Float>

  /// - Throws: `.bundle` for a model that is not fit for use, the others for one that does not go
  ///   together with the pipeline.
  init(
    folder: String, settings: PipelineSettings, sensor: SensorSettings
  ) throws(StartError) {
    do throws(BundleError) {
      bundle = try ModelBundle(folder: folder)
    } catch {
      throw .bundle(pipeline: settings.name, place: settings.modelPlace, error)
    }
    try Self.checkRate(sensor, bundle.manifest)
    do throws(ConfigurationError) {
      binding = try FieldBinding.fieldIndices(of: sensor, for: bundle.manifest)
    } catch {
      throw .configuration(error)
    }
    do throws(ScorerError) {
      scorer = try Scorer(
        model: bundle.model, features: FeatureSettings(bundle.manifest, stride: settings.stride))
    } catch {
      throw .scorer(
        place: settings.stride == nil ? settings.modelPlace : settings.stridePlace, error)
    }
    features = .allocate(capacity: binding.count)
    features.initialize(repeating: 0)
  }

  deinit { features.deallocate() }

  var version: String { bundle.manifest.version }

  /// Bytes: the model's file and tables, its arena, its window.
  var byteCount: Int {
    let manifest = bundle.manifest
    return bundle.model.fileBytes + bundle.model.tableBytes + bundle.model.arenaBytes
      + manifest.window * manifest.features.count * MemoryLayout<Float>.stride
  }

  /// The index of a label for each alert.
  func labels(for alerts: [AlertSettings]) throws(StartError) -> [Int] {
    var indices: [Int] = []
    for alert in alerts {
      let labels = bundle.manifest.labels
      guard let index = labels.firstIndex(bytesOf: alert.source.label) else {
        throw .labelUnknown(
          place: alert.sourcePlace, label: alert.source.label, labels: labels)
      }
      indices.append(index)
    }
    return indices
  }

  /// For each feature its place among those of another version of the pipeline's model.
  func places(in other: LoadedModel) -> [Int] {
    let places = binding.compactMap { other.binding.firstIndex(of: $0) }
    return places.count == binding.count ? places : []
  }

  /// Hot: takes one sample in the sensor's field order. True when a window is due.
  func push(_ values: UnsafeMutableBufferPointer<Float>) -> Bool {
    for feature in binding.indices { features[feature] = values[binding[feature]] }
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

  /// A model sees its window's length in time: at another rate it sees other movements.
  private static func checkRate(
    _ sensor: SensorSettings, _ manifest: ModelManifest
  ) throws(StartError) {
    let difference = (sensor.rateHertz - manifest.rateHertz).magnitude
    guard difference <= manifest.rateHertz * rateTolerance else {
      throw .rate(
        place: sensor.ratePlace, found: sensor.rateHertz, model: manifest.name,
        expected: manifest.rateHertz)
    }
  }

  /// Clocks of cheap sensors are off by a few per cent, and models are trained to bear that.
  private static let rateTolerance = 0.05
}

extension FeatureSettings {
  /// - Parameter stride: the configuration's, which goes before the manifest's.
  init(_ manifest: ModelManifest, stride: Int?) {
    let scaling = manifest.scaling.map { scaling in
      zip(scaling.offset, scaling.divide).map { offset, divide in
        AxisScaling(
          offset: Float(offset), divide: Float(divide), lower: Float(scaling.lower),
          upper: Float(scaling.upper))
      }
    }
    self.init(
      steps: manifest.window, axes: manifest.features.count, stride: stride ?? manifest.stride,
      scaling: scaling)
  }
}
