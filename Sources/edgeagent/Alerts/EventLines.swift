import EdgeRuntime
import SensorIO
import Text
import System

/// Events as JSON, one object a line, for the events socket, commands and the journal.
///
/// Writes into a buffer of its own, and each line is valid until the next: one instance a thread.
/// Only `dropped` has a place of its own, because it goes out while another line is being published.
/// Hot: allocates nothing. The strings it needs were made at start.
final class EventLines {
  private let agent: String
  private let version = SemanticVersion.agent.text
  private let bootIdentifier = Clock.bootIdentifier()
  private let alerts: [AlertNames]
  private let buffer: UnsafeMutableRawBufferPointer
  private var writer: JSONWriter
  private let lossBuffer: UnsafeMutableRawBufferPointer
  private var lossWriter: JSONWriter

  private struct AlertNames {
    let name: String
    let severity: String
    let source: String
    let sensor: String
  }

  init(_ configuration: Configuration) {
    agent = configuration.agent.id
    alerts = configuration.alerts.map { alert in
      let pipeline = configuration.pipelineIndex(named: alert.source.pipeline)!
      return AlertNames(
        name: alert.name, severity: alert.severity.rawValue,
        source: "\(alert.source.pipeline).\(alert.source.label)",
        sensor: configuration.pipelines[pipeline].sensor)
    }
    buffer = .allocate(byteCount: PipelineLimits.lineBytesMax, alignment: 16)
    writer = JSONWriter(buffer)
    lossBuffer = .allocate(byteCount: PipelineLimits.lossLineBytesMax, alignment: 16)
    lossWriter = JSONWriter(lossBuffer)
  }

  deinit {
    buffer.deallocate()
    lossBuffer.deallocate()
  }

  /// The first line for every subscriber.
  func hello() -> UnsafeRawBufferPointer {
    line("hello") { writer in
      writer.key("agent")
      writer.string(agent)
      writer.key("version")
      writer.string(version)
      writer.key("boot")
      writer.string(bootIdentifier)
    }
  }

  func alert(_ event: AlertEvent) -> UnsafeRawBufferPointer {
    let names = alerts[event.alert]
    return line("alert") { writer in
      writer.key("agent")
      writer.string(agent)
      writer.key("alert")
      writer.string(names.name)
      writer.key("state")
      writer.string(event.transition.word)
      writer.key("severity")
      writer.string(names.severity)
      writer.key("source")
      writer.string(names.source)
      writer.key("score")
      writer.number(event.score)
      writer.key("sensor")
      writer.string(names.sensor)
      writer.key("sample")
      writer.integer(event.sample)
      writer.key("at")
      writer.integer(event.arrival)
      writer.key("boot")
      writer.string(bootIdentifier)
      writer.key("time")
      Timestamp(wallNanoseconds: event.wall).withBytes { writer.string(utf8: $0) }
      writer.key("latency_us")
      writer.integer(event.latency / 1000)
    }
  }

  func scores(
    _ pipeline: ScoringPipeline, sample: Int64, at arrival: Int64
  ) -> UnsafeRawBufferPointer {
    line("score") { writer in
      writer.key("pipeline")
      writer.string(pipeline.settings.name)
      writer.key("sample")
      writer.integer(sample)
      writer.key("at")
      writer.integer(arrival)
      writer.key("scores")
      writer.beginObject()
      let labels = pipeline.bundle.manifest.labels
      for label in labels.indices {
        writer.key(labels[label])
        writer.number(pipeline.scorer.scores[label])
      }
      writer.endObject()
      writer.key("run_us")
      writer.number(Double(pipeline.lastRunNanoseconds) / 1000, decimals: 1)
    }
  }

  /// Another version scores from the sample after `sample` on.
  func model(
    _ pipeline: ScoringPipeline, _ new: LoadedModel, sample: Int64
  ) -> UnsafeRawBufferPointer {
    line("model") { writer in
      writer.key("pipeline")
      writer.string(pipeline.settings.name)
      writer.key("model")
      writer.string(pipeline.settings.model.name)
      writer.key("version")
      writer.string(new.bundle.manifest.version)
      writer.key("previous")
      writer.string(pipeline.bundle.manifest.version)
      writer.key("sample")
      writer.integer(sample)
      writer.key("at")
      writer.integer(Clock.boot())
    }
  }

  func sample(_ channel: SensorChannel, at arrival: Int64) -> UnsafeRawBufferPointer {
    line("sample") { writer in
      Self.put(channel, at: arrival, &writer)
      Self.put(channel.values, of: channel, &writer)
    }
  }

  /// The latest sample and how old it is, for whoever asked. A stale one is told by its age alone,
  /// without values, so that nobody takes them for the present.
  func latest(_ channel: SensorChannel, at now: Int64) -> UnsafeRawBufferPointer {
    line("sample") { writer in
      let hasSample = channel.sampleCount > 0
      if hasSample && !channel.isStale {
        Self.put(channel, at: channel.lastArrival, &writer)
      } else {
        writer.key("sensor")
        writer.string(channel.settings.name)
        writer.key("sample")
        writer.null()
      }
      writer.key("age_ms")
      if hasSample {
        writer.integer((now - channel.lastArrival) / 1_000_000)
      } else {
        writer.null()
      }
      if hasSample && !channel.isStale { Self.put(channel.latest, of: channel, &writer) }
    }
  }

  func unknownSensor(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    line("error") { writer in
      writer.key("read")
      writer.string(utf8: name)
      writer.key("reason")
      writer.string("no sensor has that name")
    }
  }

  private static func put(
    _ channel: SensorChannel, at arrival: Int64, _ writer: inout JSONWriter
  ) {
    writer.key("sensor")
    writer.string(channel.settings.name)
    writer.key("sample")
    writer.integer(channel.sampleCount)
    writer.key("at")
    writer.integer(arrival)
  }

  private static func put(
    _ values: UnsafeMutableBufferPointer<Float>, of channel: SensorChannel,
    _ writer: inout JSONWriter
  ) {
    writer.key("values")
    writer.beginObject()
    for field in values.indices {
      writer.key(channel.settings.fields[field].name)
      writer.number(values[field])
    }
    writer.endObject()
  }

  func sensor(_ channel: SensorChannel, _ state: SensorState) -> UnsafeRawBufferPointer {
    line("sensor") { writer in
      writer.key("sensor")
      writer.string(channel.settings.name)
      writer.key("state")
      writer.string(state.word)
      writer.key("sample")
      writer.integer(channel.sampleCount)
    }
  }

  /// Tells a subscriber what it missed. Valid until the next of its kind; every other line stays.
  func dropped(count: Int) -> UnsafeRawBufferPointer {
    Self.line("dropped", with: &lossWriter) { writer in
      writer.key("lines")
      writer.integer(count)
    }
  }

  private func line(
    _ type: StaticString, _ members: (inout JSONWriter) -> Void
  ) -> UnsafeRawBufferPointer {
    Self.line(type, with: &writer, members)
  }

  /// One object and LF. The limits of the buffers hold the longest, so it always fits.
  private static func line(
    _ type: StaticString, with writer: inout JSONWriter, _ members: (inout JSONWriter) -> Void
  ) -> UnsafeRawBufferPointer {
    writer.reset()
    writer.beginObject()
    writer.key("type")
    writer.string(type)
    members(&writer)
    writer.endObject()
    writer.newline()
    return writer.finished!
  }
}

/// What happened to a sensor.
enum SensorState {
  case connected, lost, stale, ended

  var word: StaticString {
    switch self {
    case .connected: "connected"
    case .lost: "lost"
    case .stale: "stale"
    case .ended: "ended"
    }
  }
}
