import EdgeRuntime

/// Watches which version of each model is the active one, and brings a new one to the hot thread:
/// loads it, checks it as at start and against its pipeline, allocates it, and offers it. The hot
/// thread takes it between two frames; the old version is freed here.
///
/// A pipeline whose configuration names a version keeps that one. A version that is refused is told
/// once, and the current one goes on. It has no heartbeat: golden vectors of a slow model take as
/// long as they take, and while this thread hangs everything else works.
final class ModelAdopter: @unchecked Sendable {
  private struct Seat {
    /// Index among the configuration's pipelines.
    let pipeline: Int
    let settings: PipelineSettings
    let sensor: SensorSettings
    let alerts: [AlertSettings]
    let versions: InstalledVersions
    /// What the hot thread scores with.
    var model: LoadedModel
    /// A version that was told to be of no use.
    var refused: String?
  }

  private var seats: [Seat] = []
  /// On its way to the hot thread: one at a time, so that one spare is enough for all.
  private var offered: ModelOffer?
  private let exchange: ModelExchange
  private let history: ModelHistory
  private let hotWakeup: Wakeup
  /// All that the agent allocates, without the spare.
  private var bytes: Int
  private let bytesMax: Int
  private let memoryPlace: SourcePlace

  init(
    _ configuration: Configuration, _ pipelines: [ScoringPipeline], exchange: ModelExchange,
    history: ModelHistory, hotWakeup: Wakeup
  ) {
    (self.exchange, self.history) = (exchange, history)
    self.hotWakeup = hotWakeup
    let budget = MemoryBudget(configuration, pipelines)
    bytes = budget.total - budget.spareBytes
    bytesMax = configuration.agent.memoryBytesMax
    memoryPlace = configuration.agent.memoryPlace
    for pipeline in pipelines where pipeline.settings.model.version == nil {
      let settings = pipeline.settings
      let sensor = configuration.sensorIndex(named: settings.sensor)!
      seats.append(
        Seat(
          pipeline: pipeline.index, settings: settings, sensor: configuration.sensors[sensor],
          alerts: pipeline.alarms.map { $0.settings },
          versions: InstalledVersions(settings.model.name, in: configuration.agent.models),
          model: pipeline.model))
    }
  }

  /// Without a pipeline that follows the active version there is nothing to do.
  var isNeeded: Bool { !seats.isEmpty }

  /// The thread's body.
  func run() {
    while true {
      round()
      exchange.wakeup.wait(milliseconds: PipelineLimits.modelLookMilliseconds)
    }
  }

  /// Takes the hot thread's answer, and looks once at every model.
  func round() {
    exchange.wakeup.clear()
    while let answer = exchange.answers.take() { finish(answer) }
    for seat in seats.indices where offered == nil { look(seat) }
  }

  private func look(_ index: Int) {
    let seat = seats[index]
    guard let version = seat.versions.active, version != seat.model.version else {
      seats[index].refused = nil
      return
    }
    guard seat.refused.map({ $0 != version }) ?? true else { return }
    do throws(StartError) {
      let offer = ModelOffer(pipeline: seat.pipeline, model: try load(version, for: seat))
      // Known before the hot thread can score with it. One offer at a time always finds room.
      history.add(ModelHistory.Model(offer.model.bundle), to: seat.pipeline)
      let isPut = exchange.offers.put(offer)
      precondition(isPut)
      offered = offer
      hotWakeup.wake()
    } catch {
      seats[index].refused = version
      for line in error.lines { Log.write(.error, line) }
      Log.write(
        .error, AdoptionText.refused(seat.settings, version: version, current: seat.model.version))
    }
  }

  private func load(_ version: String, for seat: Seat) throws(StartError) -> LoadedModel {
    let model = try LoadedModel(
      folder: seat.versions.folder(of: version), settings: seat.settings, sensor: seat.sensor)
    let needed = bytes + model.byteCount
    guard needed <= bytesMax else {
      throw .spareTooLarge(place: memoryPlace, bytes: needed, bytesMax: bytesMax)
    }
    model.alarmLabels = try model.labels(for: seat.alerts)
    model.places = model.places(in: seat.model)
    return model
  }

  /// The old version goes here.
  private func finish(_ answer: ModelAnswer) {
    guard let new = offered?.model,
      let seat = seats.firstIndex(where: { $0.pipeline == answer.pipeline })
    else { return }
    offered = nil
    let old = seats[seat].model
    bytes += new.byteCount - old.byteCount
    seats[seat].model = new
    Log.write(
      .notice,
      AdoptionText.adopted(
        seats[seat].settings, version: new.version, previous: old.version, sample: answer.sample))
  }
}
