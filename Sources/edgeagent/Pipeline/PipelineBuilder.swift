import EdgeRuntime
import SensorIO

/// Makes the sensors, pipelines and alerts that a configuration describes. Cold: reads files,
/// checks everything, may throw.
struct PipelineBuilder {
  let configuration: Configuration
  private(set) var channels: [SensorChannel] = []
  private(set) var pipelines: [ScoringPipeline] = []
  /// Pipelines whose model was refused. The others do not depend on them.
  private(set) var refusals: [StartError] = []

  /// - Throws: what is wrong with the configuration itself.
  init(_ configuration: Configuration) throws(StartError) {
    self.configuration = configuration
    guard !configuration.sensors.isEmpty else { throw .noSensor(place: configuration.agent.place) }
    try buildChannels()
    let store = ModelStore(folder: configuration.agent.models)
    for (index, settings) in configuration.pipelines.enumerated() {
      try build(settings, index: index, from: store)
    }
    try buildAlarms()
  }

  private mutating func buildChannels() throws(StartError) {
    for (index, settings) in configuration.sensors.enumerated() {
      do throws(DecodingSetupError) {
        channels.append(try SensorChannel(index: index, settings: settings))
      } catch {
        throw .decoding(place: settings.fieldsPlace, error)
      }
    }
  }

  private mutating func build(
    _ settings: PipelineSettings, index: Int, from store: ModelStore
  ) throws(StartError) {
    let sensor = configuration.sensorIndex(named: settings.sensor)!
    let bundle: ModelBundle
    do throws(BundleError) {
      bundle = try ModelBundle(folder: try store.locate(settings.model))
    } catch {
      return refusals.append(
        .bundle(pipeline: settings.name, place: settings.modelPlace, error))
    }
    try checkRate(configuration.sensors[sensor], bundle.manifest)
    let binding: [Int]
    do throws(ConfigurationError) {
      binding = try FieldBinding.fieldIndices(
        of: configuration.sensors[sensor], for: bundle.manifest)
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
    let pipeline = ScoringPipeline(
      index: index, settings: settings, bundle: bundle, scorer: scorer, binding: binding)
    pipelines.append(pipeline)
    channels[sensor].pipelines.append(pipeline)
  }

  /// A model sees its window's length in time: at another rate it sees other movements.
  private func checkRate(
    _ sensor: SensorSettings, _ manifest: ModelManifest
  ) throws(StartError) {
    let difference = (sensor.rateHertz - manifest.rateHertz).magnitude
    guard difference <= manifest.rateHertz * Self.rateTolerance else {
      throw .rate(
        place: sensor.ratePlace, found: sensor.rateHertz, model: manifest.name,
        expected: manifest.rateHertz)
    }
  }

  /// Clocks of cheap sensors are off by a few per cent, and models are trained to bear that.
  private static let rateTolerance = 0.05

  private func buildAlarms() throws(StartError) {
    for (index, settings) in configuration.alerts.enumerated() {
      // Without a pipeline: its model was refused, which is said elsewhere.
      guard let pipeline = pipelines.first(where: { $0.settings.name == settings.source.pipeline })
      else { continue }
      let labels = pipeline.bundle.manifest.labels
      guard let label = labels.firstIndex(of: settings.source.label) else {
        throw .labelUnknown(
          place: settings.sourcePlace, label: settings.source.label, labels: labels)
      }
      pipeline.alarms.append(Alarm(index: index, settings: settings, label: label))
    }
  }
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
