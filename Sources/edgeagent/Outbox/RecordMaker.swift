import Text
import System

/// Events and results as records: finds the names, writes the bodies. On the store's thread.
final class RecordMaker {
  /// What the store has to know of a pipeline; by index among the configuration's.
  struct Pipeline: Sendable {
    let index: Int
    let name: String
  }

  private let configuration: Configuration
  private let pipelines: [Pipeline]
  private let history: ModelHistory
  private let lines: EventLines
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ configuration: Configuration, _ pipelines: [Pipeline], _ history: ModelHistory) {
    (self.configuration, self.pipelines, self.history) = (configuration, pipelines, history)
    lines = EventLines(configuration)
    buffer = .allocate(byteCount: OutboxLimits.bodyBytesMax, alignment: 16)
  }

  deinit { buffer.deallocate() }

  func record(_ event: StoredEvent) -> NewRecord {
    switch event {
    case .alert(let alert):
      // The line without its LF.
      let line = UnsafeRawBufferPointer(rebasing: lines.alert(alert).dropLast())
      return NewRecord(
        kind: .alert, at: alert.arrival, time: Clock.plausible(alert.wall),
        source: configuration.alerts[alert.alert].name, body: String(decoding: line, as: UTF8.self))
    case .acknowledged(let alert, let time):
      let name = configuration.alerts[alert].name
      return audit("acknowledge", about: name, at: time) { writer in
        writer.key("alert")
        writer.string(name)
      }
    case .sensor(let index, let state, let sample, let time):
      let name = configuration.sensors[index].name
      return record(.anomaly, "sensor", about: name, at: time) { writer in
        writer.key("sensor")
        writer.string(name)
        writer.key("state")
        writer.string(state.word)
        writer.key("sample")
        writer.integer(sample)
      }
    case .model(let pipeline, let version, let sample, let time):
      let name = configuration.pipelines[pipeline].name
      return audit("model", about: name, at: time) { writer in
        writer.key("model")
        writer.string(history.model(of: pipeline, version: version).name)
        writer.key("previous")
        writer.string(history.model(of: pipeline, version: version - 1).name)
        writer.key("sample")
        writer.integer(sample)
      }
    }
  }

  func record(_ note: TrialNote) -> NewRecord {
    let pipeline = configuration.pipelines[note.pipeline].name
    return audit(note.isRollback ? "rollback" : "trial", about: pipeline, at: note.at) { writer in
      writer.key("pipeline")
      writer.string(pipeline)
      writer.key("model")
      writer.string(note.model)
      note.verdict.put(into: &writer)
    }
  }

  /// Nil for a pipeline that does not run.
  func record(_ result: StoredResult) -> NewRecord? {
    guard let pipeline = pipelines.first(where: { $0.index == result.pipeline }) else { return nil }
    let model = history.model(of: result.pipeline, version: result.version)
    let isSummary = result.windowCount > 0
    return record(.result, isSummary ? "summary" : "score", about: pipeline.name, at: result.at) {
      writer in
      writer.key("pipeline")
      writer.string(pipeline.name)
      writer.key("model")
      writer.string(model.name)
      writer.key("sample")
      writer.integer(result.sample)
      if isSummary {
        writer.key("from")
        writer.integer(result.from)
        writer.key("windows")
        writer.integer(result.windowCount)
      }
      writer.key("scores")
      writer.beginObject()
      for (label, name) in model.labels.enumerated() {
        writer.key(name)
        Self.write(label, of: model.labels.count, result, &writer)
      }
      writer.endObject()
    }
  }

  private static func write(
    _ label: Int, of count: Int, _ result: StoredResult, _ writer: inout JSONWriter
  ) {
    guard result.windowCount > 0 else { return writer.number(result.values[label]) }
    writer.beginObject()
    writer.key("min")
    writer.number(result.values[label])
    writer.key("max")
    writer.number(result.values[count + label])
    writer.key("mean")
    writer.number(result.values[2 * count + label])
    writer.endObject()
  }

  /// That something was done: by a person, or by the agent itself.
  func audit(
    _ action: StaticString, about source: String, at time: Int64,
    _ members: (inout JSONWriter) -> Void
  ) -> NewRecord {
    record(.audit, "audit", about: source, at: time) { writer in
      writer.key("action")
      writer.string(action)
      members(&writer)
    }
  }

  func loss(_ reason: LossReason, _ kind: RecordKind, _ count: Int64) -> NewRecord {
    record(.audit, "loss", about: "agent", at: Clock.boot()) { writer in
      writer.key("reason")
      writer.string(reason.word)
      writer.key("kind")
      writer.string(kind.word)
      writer.key("records")
      writer.integer(count)
    }
  }

  /// The store itself was no good and was begun anew: somebody has to know.
  func quarantined(_ name: String, _ reason: StoreError) -> NewRecord {
    record(.alert, "store", about: "agent", at: Clock.boot()) { writer in
      writer.key("state")
      writer.string("quarantined")
      writer.key("severity")
      writer.string("warning")
      writer.key("file")
      writer.string(name)
      writer.key("reason")
      writer.string(reason.message)
    }
  }

  private func record(
    _ kind: RecordKind, _ type: StaticString, about source: String, at time: Int64,
    _ members: (inout JSONWriter) -> Void
  ) -> NewRecord {
    var writer = JSONWriter(buffer)
    writer.beginObject()
    writer.key("type")
    writer.string(type)
    members(&writer)
    writer.key("at")
    writer.integer(time)
    writer.endObject()
    // The limits of names and labels make the longest fit.
    let body = String(decoding: writer.finished!, as: UTF8.self)
    let wall = Clock.wall() - (Clock.boot() - time)
    return NewRecord(
      kind: kind, at: time, time: Clock.plausible(wall), source: source, body: body)
  }
}
