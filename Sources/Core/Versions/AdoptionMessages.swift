import Config
import Text

/// What the log says when a running pipeline changes its model's version, or refuses to.
enum AdoptionText {
  static func adopted(
    _ pipeline: PipelineSettings, version: String, previous: String, sample: Int64
  ) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) scores from sample "
      + "\(sample + 1) on, instead of \(pipeline.model.name)/\(previous)"
  }

  /// The change is one too many for now.
  static func waits(_ pipeline: PipelineSettings, _ note: WaitingNote) -> String {
    let model = pipeline.model.name
    return "pipeline \(pipeline.name): the change to \(model)/\(note.version) waits for "
      + "\(note.seconds) s, and \(model)/\(note.current) goes on scoring: more than "
      + "\(Int(PipelineLimits.modelChangesAtOnce)) changes at once, or "
      + "\(Int(PipelineLimits.modelChangesPerHour)) an hour; `edgeagent models activate "
      + "\(model)/\(note.version)` makes it now"
  }

  static func refused(_ pipeline: PipelineSettings, version: String, current: String) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) is refused, "
      + "\(pipeline.model.name)/\(current) goes on scoring; `edgeagent models rollback "
      + "\(pipeline.model.name)` makes it the active one again"
  }
}

/// What is said of a pipeline whose model sync has not brought yet.
enum FirstModelText {
  static func waits(_ pipeline: PipelineSettings) -> String {
    "pipeline \(pipeline.name) waits for its first model \(pipeline.model.name), which sync "
      + "shall bring; alerts on it are blind until then"
  }

  /// For the line that `systemctl status` shows.
  static func status(_ pipeline: PipelineSettings) -> [UInt8] {
    Array("pipeline \(pipeline.name) waits for its first model \(pipeline.model.name), ".utf8)
  }

  static func begins(_ pipeline: PipelineSettings, version: String, sample: Int64) -> String {
    "pipeline \(pipeline.name): its first model \(pipeline.model.name)/\(version) scores from "
      + "sample \(sample + 1) on"
  }

  static func refused(_ pipeline: PipelineSettings, version: String) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) is refused; it still waits for "
      + "its first model"
  }
}
