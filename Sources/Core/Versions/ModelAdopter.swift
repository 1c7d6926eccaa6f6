import Config
import Models
import System
import Text

/// Watches which version of each model is the active one and which is to be tried, and brings them
/// to the hot thread: loads a version, checks it as at start and against its pipeline, allocates
/// it, and offers it. The hot thread takes it between two frames; what it let go of is freed here.
///
/// A pipeline whose configuration names a version keeps that one. A version that is refused is told
/// once, and the current one goes on. One thing at a time, so that one spare is enough for all: an
/// offer, or a trial. It has no heartbeat: golden vectors of a slow model take as long as they
/// take, and while this thread hangs everything else works.
final class ModelAdopter: @unchecked Sendable {
  struct Seat {
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
    /// A candidate of which something could not be written: told once, and left alone.
    var refusedCandidate: String?
    /// How the time after a trial went, until the models folder says so.
    var probation: Probation?
    /// It was told that the version that scores is no longer installed.
    var isGone = false
  }

  /// What the hot thread was asked to do, and has not answered.
  enum Offered {
    case adopt(seat: Int, LoadedModel)
    case promote(seat: Int, LoadedModel)
    case accompany
    case withdraw
    /// The line is kept until the hot thread has sent it.
    case tell(PreparedLine)
  }

  var seats: [Seat] = []
  var offered: Offered?
  /// From its offer to the hot thread until its verdict is written, or it is withdrawn.
  var trial: RunningTrial?
  let history: ModelHistory
  let models: String
  private let exchange: ModelExchange
  private let hotWakeup: Wakeup
  /// Nil where nothing is kept.
  private let store: OutboxQueue?
  private let starts: StartGuard?
  private let pipelines: [ScoringPipeline]
  private var healthyAt = Int64.max
  /// All that the agent allocates, without the spare.
  private var bytes: Int
  private let bytesMax: Int
  private let memoryPlace: SourcePlace

  init(
    _ configuration: Configuration, _ pipelines: [ScoringPipeline], exchange: ModelExchange,
    history: ModelHistory, hotWakeup: Wakeup, store: OutboxQueue? = nil, starts: StartGuard? = nil
  ) {
    (self.exchange, self.history, self.store) = (exchange, history, store)
    (self.hotWakeup, self.starts, self.pipelines) = (hotWakeup, starts, pipelines)
    let budget = MemoryBudget(configuration, pipelines)
    bytes = budget.total - budget.spareBytes
    bytesMax = configuration.agent.memoryBytesMax
    memoryPlace = configuration.agent.memoryPlace
    models = configuration.agent.models
    for pipeline in pipelines where pipeline.settings.model.version == nil {
      let settings = pipeline.settings
      let sensor = configuration.sensorIndex(named: settings.sensor)!
      let versions = InstalledVersions(settings.model.name, in: models)
      seats.append(
        Seat(
          pipeline: pipeline.index, settings: settings, sensor: configuration.sensors[sensor],
          alerts: pipeline.alerts.map { $0.settings }, versions: versions, model: pipeline.model))
    }
  }

  /// Without a pipeline that follows the active version there is nothing to do.
  var isNeeded: Bool { !seats.isEmpty }

  /// The thread's body.
  func run() {
    healthyAt = Clock.boot() + PipelineLimits.healthyNanoseconds
    while true {
      round()
      exchange.wakeup.wait(milliseconds: PipelineLimits.modelLookMilliseconds)
    }
  }

  /// Takes the hot thread's answers, and looks once at every model.
  func round() {
    exchange.wakeup.clear()
    while let answer = exchange.answers.take() { take(answer) }
    if Clock.boot() >= healthyAt {
      healthyAt = .max
      starts?.settle(pipelines)
    }
    if offered == nil { attendTrial() }
    for seat in seats.indices where offered == nil { look(seat) }
  }

  private func look(_ index: Int) {
    let seat = seats[index]
    if seat.probation != nil, !endProbation(index) { return }
    noteRemoval(index)
    guard let version = seat.versions.active, version != seat.model.version else {
      seats[index].refused = nil
      return lookForCandidate(index)
    }
    guard seat.refused.map({ $0 != version }) ?? true else { return }
    // A version that was found to be no good is on its way out.
    if seat.versions.mustGoBack {
      let isBack = change(seat, version) { () throws(ModelsError) in
        try seat.versions.finishGoingBack()
      }
      if isBack == false { seats[index].refused = version }
      return
    }
    // Its memory is needed; the trial begins anew afterwards.
    if trial != nil { return withdrawTrial() }
    adopt(version, index)
  }

  private func adopt(_ version: String, _ index: Int) {
    let seat = seats[index]
    do throws(StartError) {
      let model = try load(version, for: seat)
      // Known before the hot thread can score with it.
      history.add(ModelHistory.Model(model.bundle), to: seat.pipeline)
      offer(.adopt(model), to: seat.pipeline, .adopt(seat: index, model))
    } catch {
      seats[index].refused = version
      for line in error.lines { Log.write(.error, line) }
      Log.write(
        .error, AdoptionText.refused(seat.settings, version: version, current: seat.model.version))
    }
  }

  func load(_ version: String, for seat: Seat) throws(StartError) -> LoadedModel {
    let model = try LoadedModel(
      folder: seat.versions.folder(of: version), settings: seat.settings, sensor: seat.sensor,
      alerts: seat.alerts, after: seat.model)
    let needed = bytes + model.byteCount
    guard needed <= bytesMax else {
      throw .spareTooLarge(place: memoryPlace, bytes: needed, bytesMax: bytesMax)
    }
    return model
  }

  /// A person may take away what scores; a running agent does not depend on it.
  private func noteRemoval(_ index: Int) {
    let seat = seats[index]
    let isGone = !seat.versions.has(seat.model.version)
    if isGone && !seat.isGone {
      Log.write(.warning, TrialText.gone(seat.settings, version: seat.model.version))
    }
    seats[index].isGone = isGone
  }

  // MARK: to and from the hot thread

  /// One at a time, so there is always room.
  func offer(
    _ step: ModelOffer.Step, to pipeline: Int, line: PreparedLine? = nil, _ kept: Offered
  ) {
    let isPut = exchange.offers.put(ModelOffer(pipeline: pipeline, step: step, line: line))
    precondition(isPut && offered == nil)
    offered = kept
    hotWakeup.wake()
  }

  private func take(_ answer: ModelAnswer) {
    switch answer.kind {
    case .done: finish(sample: answer.sample)
    case .trialEnded: trial?.hasEnded = true
    case .probationEnded(let probation):
      guard let seat = seats.firstIndex(where: { $0.pipeline == answer.pipeline }) else { return }
      seats[seat].probation = probation
    }
  }

  /// What the hot thread let go of goes here.
  private func finish(sample: Int64) {
    let done = offered
    offered = nil
    switch done {
    case .adopt(let seat, let new): replaced(seat, new, sample)
    case .promote(let seat, let new):
      trial = nil
      replaced(seat, new, sample)
    case .withdraw: endWithdrawal()
    case .accompany, .tell, nil: break
    }
  }

  private func replaced(_ seat: Int, _ new: LoadedModel, _ sample: Int64) {
    let old = seats[seat].model
    bytes += new.byteCount - old.byteCount
    seats[seat].model = new
    // How the version before did is nobody's question any more.
    seats[seat].probation = nil
    Log.write(
      .notice,
      AdoptionText.adopted(
        seats[seat].settings, version: new.version, previous: old.version, sample: sample))
  }

  // MARK: the models folder

  /// A change while no other process makes one.
  ///
  /// - Returns: nil while another process does; whether it was made otherwise.
  func change(
    _ seat: Seat, _ version: String, _ step: () throws(ModelsError) -> Void
  ) -> Bool? {
    do throws(ModelsError) {
      return try FolderLock.holding(models, step) ? true : nil
    } catch {
      for line in error.lines { Log.write(.error, line) }
      Log.write(.error, TrialText.notWritten(seat.settings, version: version))
      return false
    }
  }

  /// In the log and in the store.
  func report(_ note: TrialNote, _ settings: PipelineSettings) {
    let isGood = note.verdict.outcome == .passed
    Log.write(isGood ? .notice : .error, TrialText.ended(settings, note.verdict))
    store?.put(note)
  }
}
