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
    let folder: String
    do throws(BundleError) {
      folder = try store.locate(settings.model)
    } catch {
      return refusals.append(
        .bundle(pipeline: settings.name, place: settings.modelPlace, error))
    }
    let model: LoadedModel
    do throws(StartError) {
      model = try LoadedModel(
        folder: folder, settings: settings, sensor: configuration.sensors[sensor])
    } catch {
      guard case .bundle = error else { throw error }
      return refusals.append(error)
    }
    let pipeline = ScoringPipeline(index: index, settings: settings, model: model)
    pipelines.append(pipeline)
    channels[sensor].pipelines.append(pipeline)
  }

  private func buildAlarms() throws(StartError) {
    for (index, settings) in configuration.alerts.enumerated() {
      // Without a pipeline: its model was refused, which is said elsewhere.
      guard let pipeline = pipelines.first(where: { $0.settings.name == settings.source.pipeline })
      else { continue }
      let label = try pipeline.model.labels(for: [settings])[0]
      pipeline.alarms.append(Alarm(index: index, settings: settings, label: label))
    }
  }
}
