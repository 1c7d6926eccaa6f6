import Config

/// What the log says when a running pipeline changes its model's version, or refuses to.
enum AdoptionText {
  static func adopted(
    _ pipeline: PipelineSettings, version: String, previous: String, sample: Int64
  ) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) scores from sample "
      + "\(sample + 1) on, instead of \(pipeline.model.name)/\(previous)"
  }

  static func refused(_ pipeline: PipelineSettings, version: String, current: String) -> String {
    "pipeline \(pipeline.name): \(pipeline.model.name)/\(version) is refused, "
      + "\(pipeline.model.name)/\(current) goes on scoring; `edgeagent models rollback "
      + "\(pipeline.model.name)` makes it the active one again"
  }
}
