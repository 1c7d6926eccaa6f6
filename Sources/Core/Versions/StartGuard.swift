import Config
import Models
import System

/// Decides before any model is loaded whether the core goes back from a version with which three
/// starts in a row failed. Counts this start until it has gone well.
///
/// It looks only at models that a pipeline names without a version.
final class StartGuard: Sendable {
  private struct Model: Sendable {
    let pipeline: Int
    let versions: InstalledVersions
    let count: StartCount
  }

  private let models: [Model]
  /// Verdicts of the versions that it went back from, for the log and the outbox.
  let notes: [TrialNote]

  init(_ configuration: Configuration) {
    let boot = Clock.bootIdentifier()
    var models: [Model] = []
    var notes: [TrialNote] = []
    for (index, pipeline) in configuration.pipelines.enumerated() {
      let name = pipeline.model.name
      guard pipeline.model.version == nil,
        !models.contains(where: { $0.versions.name.utf8.elementsEqual(name.utf8) })
      else { continue }
      let versions = InstalledVersions(name, in: configuration.agent.models)
      let model = Model(
        pipeline: index, versions: versions, count: StartCount(versions, boot: boot))
      models.append(model)
      do throws(ModelsError) {
        if let verdict = try Self.begin(model, in: configuration.agent.models) {
          Log.write(.error, TrialText.wentBack(name, verdict))
          notes.append(
            TrialNote(pipeline: index, model: name, verdict: verdict, isRollback: true))
        }
      } catch {
        for line in error.lines { Log.write(.warning, line) }
      }
    }
    (self.models, self.notes) = (models, notes)
  }

  private static func begin(
    _ model: Model, in folder: String
  ) throws(ModelsError) -> TrialVerdict? {
    var verdict: TrialVerdict?
    // Where a person changes the folder at the same time, nothing is done here; the next start sees
    // the change.
    _ = try FolderLock.holding(folder) { () throws(ModelsError) in
      try model.versions.finishGoingBack()
      verdict = try model.count.begin()
    }
    return verdict
  }

  /// Makes the version before the active one where that does not verify. A pin, or another process
  /// at work in the folder, keeps the links as they are: the version before scores all the same.
  ///
  /// - Returns: for the outbox, one for each model.
  func goBack(
    _ fallbacks: [(pipeline: Int, verdict: TrialVerdict)], in configuration: Configuration
  ) -> [TrialNote] {
    var notes: [TrialNote] = []
    for (index, verdict) in fallbacks {
      let pipeline = configuration.pipelines[index]
      Log.write(.critical, FallbackText.took(pipeline, verdict))
      let name = pipeline.model.name
      guard !notes.contains(where: { $0.model.utf8.elementsEqual(name.utf8) }) else { continue }
      do throws(ModelsError) {
        _ = try FolderLock.holding(configuration.agent.models) { () throws(ModelsError) in
          _ = try InstalledVersions(name, in: configuration.agent.models).goBack(verdict)
        }
      } catch {
        for line in error.lines { Log.write(.error, line) }
      }
      notes.append(TrialNote(pipeline: index, model: name, verdict: verdict, isRollback: true))
    }
    return notes
  }

  /// Whether the start of any version is being counted: then another try may help.
  var isCounting: Bool {
    models.contains { model in model.versions.active.map { model.count.failed($0) > 0 } ?? false }
  }

  /// The start went well, for the models that were loaded.
  func settle(_ pipelines: [ScoringPipeline]) {
    let names = pipelines.map { $0.settings.model.name }
    for model in models where names.contains(bytesOf: model.versions.name) {
      try? model.count.settle()
    }
  }

  /// The start failed for a reason that has nothing to do with a model.
  func settleAll() {
    for model in models { try? model.count.settle() }
  }
}
