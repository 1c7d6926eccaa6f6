import Config
import Models
import System
import Text

/// Watches which version of each model is the active one and which is to be tried, and brings them
/// to the hot thread: loads a version, checks it as at start and against its pipeline, allocates
/// it, and offers it. The hot thread takes it between two frames; what it let go of is freed here.
///
/// A pipeline whose configuration names a version keeps that version. The log tells of a refused
/// version once, and the current one goes on. There is one offer or one trial at a time, so that
/// one spare is enough for all pipelines. The golden vectors of a slow model may take long, and
/// everything else works while this thread hangs: after ten minutes the log says so
/// (`WatchedThread`).
final class ModelAdopter: @unchecked Sendable {
  /// A pipeline that follows the active version of its model.
  struct Follower {
    /// Index among the configuration's pipelines.
    let pipeline: Int
    let settings: PipelineSettings
    let sensor: SensorSettings
    let watched: [WatchedLabel]
    let versions: InstalledVersions
    /// What the hot thread scores with.
    var model: LoadedModel
    /// A version that was refused; the log has told.
    var refused: String?
    /// A candidate about which something could not be written; the log has told, and it is left
    /// alone.
    var refusedCandidate: String?
    /// How the probation went, until that is written to the models folder.
    var probation: Probation?
    /// The log has told that the version that scores is no longer installed.
    var isGone = false
    /// Changes that no person at the board asked for.
    var changes = PipelineLimits.modelChanges(at: Clock.boot())
    /// It was told that a change waits, and none was made since.
    var isWaiting = false
  }

  /// What the hot thread was asked to do and has not answered.
  enum Offered {
    case adopt(follower: Int, LoadedModel)
    case begin(FirstModel, ScoringPipeline)
    case promote(follower: Int, LoadedModel)
    case accompany
    case withdraw
    /// The line is kept until the hot thread has sent it.
    case tell(PreparedLine)
  }

  var followers: [Follower] = []
  /// Pipelines that wait for their first model.
  var waiting: [FirstModel] = []
  var offered: Offered?
  /// From its offer to the hot thread until its verdict is written, or it is withdrawn.
  var trial: RunningTrial?
  let history: ModelHistory
  let models: String
  private let exchange: ModelExchange
  private let hotWakeup: Wakeup
  /// Nil without an outbox.
  let store: OutboxQueue?
  private let starts: StartGuard?
  /// All that run.
  private var pipelines: [ScoringPipeline]
  let configuration: Configuration
  /// The way of wishes for an adoption; nil where sync does it by itself.
  let door: DoorQueue?
  private let trust: BundleTrust
  private var healthyAt = Int64.max
  /// All that the agent allocates, without the spare.
  private var bytes: Int
  private let bytesMax: Int
  private let memoryPlace: SourcePlace

  init(
    _ configuration: Configuration, _ pipelines: [ScoringPipeline], exchange: ModelExchange,
    history: ModelHistory, hotWakeup: Wakeup, store: OutboxQueue? = nil, starts: StartGuard? = nil,
    trust: BundleTrust = .nothing, waiting: [Int] = [],
    door: DoorQueue? = nil
  ) {
    (self.trust, self.configuration, self.door) = (trust, configuration, door)
    (self.exchange, self.history, self.store) = (exchange, history, store)
    (self.hotWakeup, self.starts, self.pipelines) = (hotWakeup, starts, pipelines)
    let budget = MemoryBudget(configuration, pipelines)
    bytes = budget.total - budget.spareBytes
    bytesMax = configuration.agent.memoryBytesMax
    memoryPlace = configuration.agent.memoryPlace
    models = configuration.agent.models
    for pipeline in pipelines where pipeline.settings.model.version == nil {
      follow(pipeline, pipeline.model)
    }
    self.waiting = waiting.map { FirstModel(pipeline: $0, of: configuration) }
  }

  /// - Parameter model: what the pipeline scores with.
  private func follow(_ pipeline: ScoringPipeline, _ model: LoadedModel) {
    let settings = pipeline.settings
    let sensor = configuration.sensorIndex(named: settings.sensor)!
    followers.append(
      Follower(
        pipeline: pipeline.index, settings: settings, sensor: configuration.sensors[sensor],
        watched: pipeline.watched, versions: InstalledVersions(settings.model.name, in: models),
        model: model))
  }

  /// Without a pipeline that follows the active version, or waits for its first one, there is
  /// nothing to do.
  var isNeeded: Bool { !followers.isEmpty || !waiting.isEmpty || door != nil }

  let heartbeat = Heartbeat()

  /// The thread's body.
  func run() {
    healthyAt = Clock.boot() + PipelineLimits.healthyNanoseconds
    while true {
      heartbeat.beat()
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
    attendWishes()
    if offered == nil { attendTrial() }
    for follower in followers.indices where offered == nil { look(follower) }
    for first in waiting.indices where offered == nil { lookForFirst(first) }
  }

  private func look(_ index: Int) {
    let follower = followers[index]
    if follower.probation != nil, !endProbation(index) { return }
    noteRemoval(index)
    guard let version = follower.versions.active, version != follower.model.version else {
      followers[index].refused = nil
      return lookForCandidate(index)
    }
    guard follower.refused.map({ $0 != version }) ?? true else { return }
    // The active version was found to be no good, and the way back from it was interrupted.
    if follower.versions.mustGoBack {
      let isBack = change(follower, version) { () throws(ModelsError) in
        try follower.versions.finishGoingBack()
      }
      if isBack == false { followers[index].refused = version }
      return
    }
    let isFree = isFree(version, follower)
    if !isFree, !mayChange(to: version, index) { return }
    // The candidate's memory is needed; the trial begins anew afterwards.
    if trial != nil { return withdrawTrial() }
    adopt(version, index, isFree: isFree)
  }

  /// A person at the board asked for the change, or the version that scores is no good.
  private func isFree(_ version: String, _ follower: Follower) -> Bool {
    follower.versions.isOrdered(version) || follower.versions.isBroken(follower.model.version)
  }

  /// Whether the pipeline may change its version now. If not, the change waits, and is made by a
  /// later round; this is told once until a change is made.
  func mayChange(to version: String, _ index: Int) -> Bool {
    let now = Clock.boot()
    let wait = followers[index].changes.wait(for: 1, at: now)
    guard wait > 0 else { return true }
    guard !followers[index].isWaiting else { return false }
    followers[index].isWaiting = true
    let follower = followers[index]
    let note = WaitingNote(
      pipeline: follower.pipeline, model: follower.settings.model.name, version: version,
      current: follower.model.version, waitNanoseconds: wait)
    Log.write(.warning, AdoptionText.waits(follower.settings, note))
    store?.put(.waiting(note))
    let line = note.line(follower.settings.name)
    offer(.tell, to: follower.pipeline, line: line, .tell(line))
    return false
  }

  private func adopt(_ version: String, _ index: Int, isFree: Bool) {
    let follower = followers[index]
    do throws(StartError) {
      let model = try load(version, for: follower)
      if !isFree { followers[index].changes.charge(1, at: Clock.boot()) }
      // The history knows it before the hot thread can score with it.
      history.add(ModelHistory.Model(model.bundle), to: follower.pipeline)
      offer(.adopt(model), to: follower.pipeline, .adopt(follower: index, model))
    } catch {
      followers[index].refused = version
      for line in error.lines { Log.write(.error, line) }
      Log.write(
        .error,
        AdoptionText.refused(follower.settings, version: version, current: follower.model.version))
    }
  }

  func load(_ version: String, for follower: Follower) throws(StartError) -> LoadedModel {
    try load(
      follower.versions.folder(of: version), follower.settings, follower.sensor, follower.watched,
      after: follower.model)
  }

  func load(
    _ folder: String, _ settings: PipelineSettings, _ sensor: SensorSettings,
    _ watched: [WatchedLabel], after old: LoadedModel?
  ) throws(StartError) -> LoadedModel {
    let model = try LoadedModel(
      folder: folder, trust: trust, settings: settings, sensor: sensor, watched: watched,
      after: old)
    let needed = bytes + model.byteCount
    guard needed <= bytesMax else {
      throw .spareTooLarge(place: memoryPlace, bytes: needed, bytesMax: bytesMax)
    }
    return model
  }

  /// A person may remove the version that scores; a running agent does not need its files.
  private func noteRemoval(_ index: Int) {
    let follower = followers[index]
    let isGone = !follower.versions.has(follower.model.version)
    if isGone && !follower.isGone {
      Log.write(.warning, TrialText.gone(follower.settings, version: follower.model.version))
    }
    followers[index].isGone = isGone
  }

  // MARK: to and from the hot thread

  /// One at a time, so there is always room.
  func offer(
    _ kind: ModelOffer.Kind, to pipeline: Int, line: PreparedLine? = nil, _ kept: Offered
  ) {
    let isPut = exchange.offers.put(ModelOffer(pipeline: pipeline, kind: kind, line: line))
    precondition(isPut && offered == nil)
    offered = kept
    hotWakeup.wake()
  }

  private func take(_ answer: ModelAnswer) {
    switch answer.kind {
    case .done: finish(sample: answer.sample)
    case .trialEnded: trial?.hasEnded = true
    case .probationEnded(let probation):
      guard let follower = followers.firstIndex(where: { $0.pipeline == answer.pipeline }) else {
        return
      }
      followers[follower].probation = probation
    }
  }

  /// Frees what the hot thread let go of.
  private func finish(sample: Int64) {
    let done = offered
    offered = nil
    switch done {
    case .adopt(let follower, let new): replaced(follower, new, sample)
    case .begin(let first, let pipeline): begun(first, pipeline, sample)
    case .promote(let follower, let new):
      trial = nil
      replaced(follower, new, sample)
    case .withdraw: endWithdrawal()
    case .accompany, .tell, nil: break
    }
  }

  /// A pipeline has its first model: from now on it is as any other.
  private func begun(_ first: FirstModel, _ pipeline: ScoringPipeline, _ sample: Int64) {
    waiting.removeAll { $0.pipeline == first.pipeline }
    pipelines.append(pipeline)
    bytes += first.byteCount
    if pipeline.settings.model.version == nil, let model = first.model { follow(pipeline, model) }
    Log.write(
      .notice,
      FirstModelText.begins(pipeline.settings, version: first.model?.version ?? "", sample: sample))
  }

  private func replaced(_ follower: Int, _ new: LoadedModel, _ sample: Int64) {
    let old = followers[follower].model
    bytes += new.byteCount - old.byteCount
    followers[follower].model = new
    followers[follower].isWaiting = false
    // How the version before did no longer matters.
    followers[follower].probation = nil
    Log.write(
      .notice,
      AdoptionText.adopted(
        followers[follower].settings, version: new.version, previous: old.version, sample: sample))
  }

  // MARK: the models folder

  /// Changes the models folder while no other process does.
  ///
  /// - Returns: nil while another process changes it; otherwise whether the change was made.
  func change(
    _ follower: Follower, _ version: String, _ step: () throws(ModelsError) -> Void
  ) -> Bool? {
    do throws(ModelsError) {
      return try FolderLock.holding(models, step) ? true : nil
    } catch {
      for line in error.lines { Log.write(.error, line) }
      Log.write(.error, TrialText.notWritten(follower.settings, version: version))
      return false
    }
  }

  /// Into the log and into the outbox.
  func report(_ note: TrialNote, _ settings: PipelineSettings) {
    let isGood = note.verdict.outcome == .passed
    Log.write(isGood ? .notice : .error, TrialText.ended(settings, note.verdict))
    store?.put(.trial(note))
  }
}
