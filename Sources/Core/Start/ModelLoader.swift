import Config
import EdgeRuntime
import Models

/// A version of a pipeline's model, from its folder: loaded, checked as a bundle and against its
/// pipeline, and allocated.
extension LoadedModel {
  /// - Parameters:
  ///   - trust: what the board demands of the bundle.
  ///   - watched: the labels that conditions look at.
  ///   - old: the version whose place it takes, if there is one.
  /// - Throws: `.bundle` for a model that is not fit for use, the others for one that does not go
  ///   together with the pipeline.
  convenience init(
    folder: String, trust: BundleTrust = .nothing, settings: PipelineSettings,
    sensor: SensorSettings, watched: [WatchedLabel], after old: LoadedModel?
  ) throws(StartError) {
    let bundle: ModelBundle
    do throws(BundleError) {
      bundle = try ModelBundle(folder: folder, trust: trust)
    } catch {
      throw .bundle(pipeline: settings.name, place: settings.modelPlace, error)
    }
    try Self.checkRate(sensor, bundle.manifest)
    let binding: [Int]
    do throws(ConfigurationError) {
      binding = try FieldBinding.fieldIndices(of: sensor, for: bundle.manifest)
    } catch {
      throw .configuration(error)
    }
    let scorer: Scorer
    do throws(ScorerError) {
      scorer = try Scorer(
        model: bundle.model, features: FeatureSettings(bundle.manifest, stride: settings.stride))
    } catch {
      throw .scorer(
        place: settings.stride == nil ? settings.modelPlace : settings.stridePlace, error)
    }
    self.init(
      bundle, scorer: scorer, binding: binding,
      watchedLabels: try Self.indices(of: watched, in: bundle.manifest),
      places: old.map { Self.places(binding, in: $0.binding) } ?? [])
  }

  /// The index of each watched label.
  private static func indices(
    of watched: [WatchedLabel], in manifest: ModelManifest
  ) throws(StartError) -> [Int] {
    var indices: [Int] = []
    for watch in watched {
      guard let index = manifest.labels.firstIndex(bytesOf: watch.label) else {
        throw .labelUnknown(place: watch.place, label: watch.label, labels: manifest.labels)
      }
      indices.append(index)
    }
    return indices
  }

  /// For each feature its place among those of another version of the pipeline's model.
  private static func places(_ binding: [Int], in other: [Int]) -> [Int] {
    let places = binding.compactMap { other.firstIndex(of: $0) }
    return places.count == binding.count ? places : []
  }

  /// At another rate the same window is longer or shorter in time, and the model sees other
  /// movements.
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
  /// - Parameter stride: the configuration's, which takes precedence over the manifest's.
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
      scaling: scaling, reconstructs: manifest.reconstructs)
  }
}
