import Config
import Models
import Store
import System
import Text

/// Events and results as records: finds the names, writes the bodies. On the outbox thread.
final class RecordMaker {
  /// A pipeline that runs; `index` is its place among the configuration's.
  struct Pipeline: Sendable {
    let index: Int
    let name: String
  }

  private let configuration: Configuration
  private let pipelines: [Pipeline]
  private let history: ModelHistory
  private let lines: EventLines
  private let buffer: UnsafeMutableRawBufferPointer

  static let byteCount = EventLines.byteCount + OutboxLimits.bodyBytesMax

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
    case .sensor(let index, let state, let sample, let time):
      let name = configuration.sensors[index].name
      return record(.anomaly, "sensor", about: name, at: time) { writer in
        writer.member("sensor", name)
        writer.member("state", state.word)
        writer.member("sample", sample)
      }
    case .model(let pipeline, let version, let sample, let time):
      let name = configuration.pipelines[pipeline].name
      return audit("model", about: name, at: time) { writer in
        writer.member("model", history.model(of: pipeline, version: version).name)
        writer.member(
          "previous", version > 0 ? history.model(of: pipeline, version: version - 1).name : nil)
        writer.member("sample", sample)
      }
    }
  }

  /// What a person did, or was refused.
  func record(_ act: ActAudit) -> NewRecord {
    record(.audit, "audit", about: act.alert.isEmpty ? "alerts" : act.alert, at: act.at) { writer in
      writer.member("action", act.action)
      act.put(into: &writer)
    }
  }

  func record(_ note: VersionNote) -> NewRecord {
    switch note {
    case .trial(let note): return record(note)
    case .waiting(let note):
      let pipeline = configuration.pipelines[note.pipeline].name
      return audit("waiting", about: pipeline, at: note.at) { writer in
        writer.member("pipeline", pipeline)
        note.put(into: &writer)
      }
    }
  }

  private func record(_ note: TrialNote) -> NewRecord {
    let pipeline = configuration.pipelines[note.pipeline].name
    return audit(note.isRollback ? "rollback" : "trial", about: pipeline, at: note.at) { writer in
      writer.member("pipeline", pipeline)
      writer.member("model", note.model)
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
      writer.member("pipeline", pipeline.name)
      writer.member("model", model.name)
      writer.member("sample", result.sample)
      if isSummary {
        writer.member("from", result.from)
        writer.member("windows", result.windowCount)
      }
      writer.object("scores") { writer in
        for (label, name) in model.labels.enumerated() {
          Self.write(label, name, of: model.labels.count, result, &writer)
        }
      }
    }
  }

  private static func write(
    _ label: Int, _ name: String, of count: Int, _ result: StoredResult,
    _ writer: inout JSONWriter
  ) {
    guard result.windowCount > 0 else { return writer.member(name, result.values[label]) }
    writer.object(name) { writer in
      writer.member("min", result.values[label])
      writer.member("max", result.values[count + label])
      writer.member("mean", result.values[2 * count + label])
    }
  }

  /// A record of an action, by a person or by the agent itself.
  func audit(
    _ action: StaticString, about source: String, at time: Int64,
    _ members: (inout JSONWriter) -> Void
  ) -> NewRecord {
    record(.audit, "audit", about: source, at: time) { writer in
      writer.member("action", action)
      members(&writer)
    }
  }

  func loss(_ reason: LossReason, _ kind: RecordKind, _ count: Int64) -> NewRecord {
    record(.audit, "loss", about: "agent", at: Clock.boot()) { writer in
      writer.member("reason", reason.word)
      writer.member("kind", kind.word)
      writer.member("records", count)
    }
  }

  /// The agent quarantined the outbox and began a new one: a person has to know.
  func quarantined(_ name: String, _ reason: OutboxError) -> NewRecord {
    record(.alert, "store", about: "agent", at: Clock.boot()) { writer in
      writer.member("state", "quarantined")
      writer.member("severity", "warning")
      writer.member("file", name)
      writer.member("reason", reason.message)
    }
  }

  /// Somebody took the outbox's file away: a person has to know.
  func replaced(_ lost: Int64) -> NewRecord {
    record(.alert, "store", about: "agent", at: Clock.boot()) { writer in
      writer.member("state", "replaced")
      writer.member("severity", "warning")
      writer.member("lost", lost)
    }
  }

  /// A record is not what the agent wrote: a person has to know.
  func damaged(_ sequence: Int64) -> NewRecord {
    record(.alert, "store", about: "agent", at: Clock.boot()) { writer in
      writer.member("state", "damaged")
      writer.member("severity", "warning")
      writer.member("record", sequence)
    }
  }

  private func record(
    _ kind: RecordKind, _ type: StaticString, about source: String, at time: Int64,
    _ members: (inout JSONWriter) -> Void
  ) -> NewRecord {
    var writer = JSONWriter(buffer)
    writer.object { writer in
      writer.member("type", type)
      members(&writer)
      writer.member("at", time)
    }
    // The limits of names and labels make the longest fit.
    let body = String(decoding: writer.finished!, as: UTF8.self)
    let wall = Clock.wall() &- (Clock.boot() &- time)
    return NewRecord(
      kind: kind, at: time, time: Clock.plausible(wall), source: source, body: body)
  }
}
