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
  /// Pipelines without a version of their model, which sync shall bring.
  let waiting: [Int]
  /// Pipelines whose active version does not verify, and the verdicts on those: the version before
  /// scores.
  let fallbacks: [(pipeline: Int, verdict: TrialVerdict)]

  /// - Parameters:
  ///   - queue: the way to the outbox; nil without one.
  ///   - trust: what the board demands of its models.
  /// - Throws: what is wrong with the configuration itself.
  @export(interface)
  package init(
    _ configuration: Configuration, queue: OutboxQueue? = nil, trust: BundleTrust = .nothing
  ) throws(StartError) {
    self.configuration = configuration
    guard !configuration.sensors.isEmpty else { throw .noSensor(place: configuration.agent.place) }
    let decoders = try Self.decoders(configuration)
    var (pipelines, refusals) = ([ScoringPipeline](), [StartError]())
    var (fallbacks, waiting) = ([(pipeline: Int, verdict: TrialVerdict)](), [Int]())
    for index in configuration.pipelines.indices {
      guard !Self.waits(configuration.pipelines[index], configuration) else {
        waiting.append(index)
        continue
      }
      do throws(StartError) {
        let made = try Self.pipeline(index, of: configuration, queue, trust)
        pipelines.append(made.pipeline)
        if let verdict = made.fallback { fallbacks.append((index, verdict)) }
      } catch {
        guard case .bundle = error else { throw error }
        refusals.append(error)
      }
    }
    (self.pipelines, self.refusals) = (pipelines, refusals)
    (self.fallbacks, self.waiting) = (fallbacks, waiting)
    let channels = configuration.sensors.enumerated().map { index, settings in
      let frames = BlackBox.ringBytes(of: index, in: configuration)
      return SensorChannel(
        index: index, settings: settings, decoder: decoders[index],
        pipelines: pipelines.filter {
          configuration.sensorIndex(named: $0.settings.sensor) == index
        },
        waiting: waiting.filter {
          configuration.sensorIndex(named: configuration.pipelines[$0].sensor) == index
        },
        needed: Self.neededFields(of: settings, configuration, pipelines),
        frames: frames.map { HistoryRing(byteCount: $0) })
    }
    wires = configuration.wires.enumerated().map { index, wire in
      Wire(index: index, wire, channels: wire.sensors.map { channels[$0] })
    }
    self.channels = channels
  }

  /// No version of the model is installed, and sync brings one.
  private static func waits(_ settings: PipelineSettings, _ configuration: Configuration) -> Bool {
    guard let sync = configuration.sync, sync.brings(settings.model.name) else { return false }
    return InstalledVersions(settings.model.name, in: configuration.agent.models).versions.isEmpty
  }

  /// What `waiting` says, for people.
  package var waitingLines: [String] {
    waiting.map { FirstModelText.waits(configuration.pipelines[$0]) }
  }

  /// What `fallbacks` says, for people.
  package var fallbackLines: [String] {
    fallbacks.map { FallbackText.took(configuration.pipelines[$0.pipeline], $0.verdict) }
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
    _ index: Int, of configuration: Configuration, _ queue: OutboxQueue?, _ trust: BundleTrust
  ) throws(StartError) -> (pipeline: ScoringPipeline, fallback: TrialVerdict?) {
    let settings = configuration.pipelines[index]
    let watched = configuration.watchedLabels(of: settings.name)
    let (model, fallback) = try model(settings, configuration, watched, trust)
    return (try pipeline(index, model, watched, of: configuration, queue), fallback)
  }

  /// A pipeline with a model that was loaded for it.
  static func pipeline(
    _ index: Int, _ model: LoadedModel, _ watched: [WatchedLabel],
    of configuration: Configuration, _ queue: OutboxQueue?
  ) throws(StartError) -> ScoringPipeline {
    let settings = configuration.pipelines[index]
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

  /// The version that the configuration means. Where that does not verify and the configuration
  /// names none, the version before, if that one verifies: a board goes on with what it can trust.
  private static func model(
    _ settings: PipelineSettings, _ configuration: Configuration, _ watched: [WatchedLabel],
    _ trust: BundleTrust
  ) throws(StartError) -> (LoadedModel, fallback: TrialVerdict?) {
    let folder: String
    do throws(BundleError) {
      folder = try ModelsFolder(folder: configuration.agent.models).locate(settings.model)
    } catch {
      throw .bundle(pipeline: settings.name, place: settings.modelPlace, error)
    }
    let sensor = configuration.sensors[configuration.sensorIndex(named: settings.sensor)!]
    func load(_ folder: String) throws(StartError) -> LoadedModel {
      try LoadedModel(
        folder: folder, trust: trust, settings: settings, sensor: sensor, watched: watched,
        after: nil)
    }
    do throws(StartError) {
      return (try load(folder), nil)
    } catch {
      let versions = InstalledVersions(settings.model.name, in: configuration.agent.models)
      guard error.isOfUnverified, settings.model.version == nil, let active = versions.active,
        let previous = versions.goodPrevious,
        let model = try? load(versions.folder(of: previous))
      else { throw error }
      let verdict = TrialVerdict(
        version: active, against: previous, outcome: .failed, reason: error.lines.first ?? "")
      return (model, verdict)
    }
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
