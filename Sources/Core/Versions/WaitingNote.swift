import System
import Text

/// A change of version that waits, because there were many: on its way to the outbox and to the
/// subscribers.
struct WaitingNote: Sendable {
  /// Index among the configuration's pipelines.
  let pipeline: Int
  /// The model's name.
  let model: String
  /// The version that is to score, and the one that goes on until then.
  let version: String
  let current: String
  /// From now until the change, rounded up.
  let seconds: Int64
  /// CLOCK_BOOTTIME in nanoseconds.
  let at: Int64

  init(pipeline: Int, model: String, version: String, current: String, waitNanoseconds: Int64) {
    (self.pipeline, self.model, self.version) = (pipeline, model, version)
    self.current = current
    seconds = waitNanoseconds / 1_000_000_000 &+ 1
    at = Clock.boot()
  }

  /// As subscribers get it: `{"type":"waiting","pipeline":…,"model":…,…}`.
  func line(_ pipeline: String) -> PreparedLine {
    var bytes = [UInt8](repeating: 0, count: PipelineLimits.trialLineBytesMax)
    return bytes.withUnsafeMutableBytes { raw in
      var writer = JSONWriter(raw)
      writer.object { writer in
        writer.member("type", "waiting")
        writer.member("pipeline", pipeline)
        put(into: &writer)
        writer.member("at", at)
      }
      writer.newline()
      return PreparedLine(Array(writer.finished!))
    }
  }

  /// Writes the members that the event and the audit record share.
  func put(into writer: inout JSONWriter) {
    writer.member("model", model)
    writer.member("version", version)
    writer.member("current", current)
    writer.member("seconds", seconds)
  }
}
