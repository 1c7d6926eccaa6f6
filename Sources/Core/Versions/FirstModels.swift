import Config
import Models
import System

/// A pipeline without a version of its model. `[sync]` has a registry, so a fresh board begins with
/// its sensors and waits.
struct FirstModel {
  /// Index among the configuration's pipelines.
  let pipeline: Int
  let settings: PipelineSettings
  let sensor: SensorSettings
  let watched: [WatchedLabel]
  let versions: InstalledVersions
  /// What the hot thread was offered.
  var model: LoadedModel?
  /// A version that was refused; the log has told.
  var refused: String?

  init(pipeline: Int, of configuration: Configuration) {
    let settings = configuration.pipelines[pipeline]
    (self.pipeline, self.settings) = (pipeline, settings)
    sensor = configuration.sensors[configuration.sensorIndex(named: settings.sensor)!]
    watched = configuration.watchedLabels(of: settings.name)
    versions = InstalledVersions(settings.model.name, in: configuration.agent.models)
  }

  /// The version to begin with. Without a name in the configuration it is the active one: a folder
  /// that is still being copied is no version.
  var version: String? {
    guard let named = settings.model.version else { return versions.active }
    return versions.has(named) ? named : nil
  }

  var byteCount: Int { model?.byteCount ?? 0 }
}

/// The models' thread.
extension ModelAdopter {
  /// Loads the version that is there now, and makes the pipeline with all that it needs later.
  func lookForFirst(_ index: Int) {
    let first = waiting[index]
    guard let version = first.version, first.refused.map({ $0 != version }) ?? true else { return }
    do throws(StartError) {
      let model = try load(
        first.versions.folder(of: version), first.settings, first.sensor, first.watched, after: nil)
      let pipeline = try PipelineBuilder.pipeline(
        first.pipeline, model, first.watched, of: configuration, store)
      pipeline.warmUp()
      waiting[index].model = model
      // The history knows it before the hot thread can score with it.
      history.add(ModelHistory.Model(model.bundle), to: first.pipeline)
      offer(.begin(pipeline), to: first.pipeline, .begin(waiting[index], pipeline))
    } catch {
      waiting[index].refused = version
      for line in error.lines { Log.write(.error, line) }
      Log.write(.error, FirstModelText.refused(first.settings, version: version))
    }
  }
}
