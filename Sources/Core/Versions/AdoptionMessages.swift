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
