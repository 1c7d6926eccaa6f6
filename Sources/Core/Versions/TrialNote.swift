import Models
import System
import Text

/// What became of a version, on its way to the outbox and to the subscribers.
struct TrialNote: Sendable {
  /// Index among the configuration's pipelines.
  let pipeline: Int
  /// The model's name.
  let model: String
  let verdict: TrialVerdict
  /// The version before became the active one again.
  let isRollback: Bool
  /// CLOCK_BOOTTIME in nanoseconds.
  let at: Int64

  init(pipeline: Int, model: String, verdict: TrialVerdict, isRollback: Bool = false) {
    (self.pipeline, self.model, self.verdict) = (pipeline, model, verdict)
    (self.isRollback, at) = (isRollback, Clock.boot())
  }

  /// As subscribers get it: `{"type":"trial","pipeline":…,"model":…,…}`.
  func line(_ pipeline: String) -> PreparedLine {
    var bytes = [UInt8](repeating: 0, count: PipelineLimits.trialLineBytesMax)
    return bytes.withUnsafeMutableBytes { raw in
      var writer = JSONWriter(raw)
      writer.object { writer in
        writer.member("type", "trial")
        writer.member("pipeline", pipeline)
        writer.member("model", model)
        verdict.put(into: &writer)
        writer.member("at", at)
      }
      writer.newline()
      return PreparedLine(Array(writer.finished!))
    }
  }
}
