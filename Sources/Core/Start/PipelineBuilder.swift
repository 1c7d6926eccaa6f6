import Config
import Models
import SensorIO
import System

/// Makes the sensors and pipelines that a configuration describes, from their leaves to the
/// sensors. Cold: reads files, checks everything, may throw.
package struct PipelineBuilder {
  package let configuration: Configuration
  let channels: [SensorChannel]
  let wires: [Wire]
  package let pipelines: [ScoringPipeline]
  /// Pipelines whose model was refused. The others do not depend on them.
  package let refusals: [StartError]

  /// - Parameter queue: the way to the outbox; nil without one.
  /// - Throws: what is wrong with the configuration itself.
  @export(interface)
  package init(_ configuration: Configuration, queue: OutboxQueue? = nil) throws(StartError) {
    self.configuration = configuration
    guard !configuration.sensors.isEmpty else { throw .noSensor(place: configuration.agent.place) }
    let decoders = try Self.decoders(configuration)
    var (pipelines, refusals) = ([ScoringPipeline](), [StartError]())
    for index in configuration.pipelines.indices {
      do throws(StartError) {
        pipelines.append(try Self.pipeline(index, of: configuration, queue))
      } catch {
        guard case .bundle = error else { throw error }
        refusals.append(error)
      }
    }
    (self.pipelines, self.refusals) = (pipelines, refusals)
    let channels = configuration.sensors.enumerated().map { index, settings in
      let frames = BlackBox.ringBytes(of: index, in: configuration)
      return SensorChannel(
        index: index, settings: settings, decoder: decoders[index],
        pipelines: pipelines.filter {
          configuration.sensorIndex(named: $0.settings.sensor) == index
        }, needed: Self.neededFields(of: settings, configuration, pipelines),
        frames: frames.map { HistoryRing(byteCount: $0) })
    }
    wires = configuration.wires.enumerated().map { index, wire in
      Wire(index: index, wire, channels: wire.sensors.map { channels[$0] })
    }
    self.channels = channels
  }

  /// The fields of a sensor that models and conditions look at.
  private static func neededFields(
    of sensor: SensorSettings, _ configuration: Configuration, _ pipelines: [ScoringPipeline]
  ) -> [Int] {
    var names: [String] = []
    for condition in configuration.conditions {
      switch condition.test {
      case .level(.field(sensor.name, let field), _),
        .level(.derived(sensor.name, let field, _, _), _),
        .health(.stuck(sensor.name, let field, _, _)):
        names.append(field)
      default: continue
      }
    }
    var needed: Set<Int> = []
    for (index, field) in sensor.fields.enumerated() where names.contains(bytesOf: field.name) {
      needed.insert(index)
    }
    for pipeline in pipelines where pipeline.settings.sensor.utf8.elementsEqual(sensor.name.utf8) {
      needed.formUnion(pipeline.model.binding)
    }
    return needed.sorted()
  }

  private static func decoders(
    _ configuration: Configuration
  ) throws(StartError) -> [SampleDecoder?] {
    var decoders: [SampleDecoder?] = []
    for settings in configuration.sensors {
      guard settings.join == nil else {
        decoders.append(nil)
        continue
      }
      do throws(DecodingSetupError) {
        decoders.append(
          try SampleDecoder(
            settings.decoding, fields: settings.fields, clock: settings.clock))
      } catch {
        throw .decoding(place: settings.fieldsPlace, error)
      }
    }
    return decoders
  }

  private static func pipeline(
    _ index: Int, of configuration: Configuration, _ queue: OutboxQueue?
  ) throws(StartError) -> ScoringPipeline {
    let settings = configuration.pipelines[index]
    let watched = configuration.watchedLabels(of: settings.name)
    let model = try model(settings, configuration, watched)
    try AlertReach.check(configuration, settings, model)
    let results = queue.map { queue in
      ResultReporter(
        pipeline: index, policy: settings.report, labelCount: model.bundle.manifest.labels.count,
        queue: queue)
    }
    return ScoringPipeline(
      index: index, settings: settings, model: model, watched: watched,
      results: results,
      probation: probation(settings, model, in: configuration.agent.models))
  }

  private static func model(
    _ settings: PipelineSettings, _ configuration: Configuration, _ watched: [WatchedLabel]
  ) throws(StartError) -> LoadedModel {
    let folder: String
    do throws(BundleError) {
      folder = try ModelsFolder(folder: configuration.agent.models).locate(settings.model)
    } catch {
      throw .bundle(pipeline: settings.name, place: settings.modelPlace, error)
    }
    let sensor = configuration.sensorIndex(named: settings.sensor)!
    return try LoadedModel(
      folder: folder, settings: settings, sensor: configuration.sensors[sensor], watched: watched,
      after: nil)
  }

  /// A restart during a probation begins the probation anew.
  private static func probation(
    _ settings: PipelineSettings, _ model: LoadedModel, in folder: String
  ) -> Probation? {
    guard settings.model.version == nil else { return nil }
    let verdict = InstalledVersions(settings.model.name, in: folder).verdict(of: model.version)
    return verdict?.probation == .running ? Probation(settings.trial) : nil
  }
}
