import Config
import EdgeRuntime
import Models
import SensorIO
import System
import Text

/// Events as JSON, one object a line, for the events socket, programs and the journal.
///
/// All lines share one buffer, and each is valid until the next: one instance a thread. Only
/// `dropped` has another buffer, because it goes out while another line is being published. Hot:
/// allocates nothing. The strings that it needs were made at start.
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
    let isScore: Bool
  }

  static let byteCount = PipelineLimits.lineBytesMax + PipelineLimits.lossLineBytesMax

  init(_ configuration: Configuration) {
    agent = configuration.agent.id
    alerts = configuration.alerts.map { alert in
      let sensors = configuration.sensors.filter {
        configuration.dependsOn(alert.condition, sensor: $0.name)
      }
      return AlertNames(
        name: alert.name, severity: alert.severity.rawValue,
        source: alert.sourceText,
        sensor: sensors.count == 1 ? sensors[0].name : "",
        isScore: configuration.looksAtScore(alert))
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
      writer.member("agent", agent)
      writer.member("version", version)
      writer.member("boot", bootIdentifier)
    }
  }

  func alert(_ event: AlertEvent) -> UnsafeRawBufferPointer {
    alert(event, state: event.transition.word)
  }

  /// An alert that stands, for a subscriber that did not see it being raised.
  func standing(_ event: AlertEvent) -> UnsafeRawBufferPointer { alert(event, state: "standing") }

  func standing(count: Int) -> UnsafeRawBufferPointer {
    line("standing") { writer in writer.member("alerts", count) }
  }

  private func alert(_ event: AlertEvent, state: StaticString) -> UnsafeRawBufferPointer {
    let names = alerts[event.alert]
    return line("alert") { writer in
      writer.member("agent", agent)
      writer.member("alert", names.name)
      writer.member("state", state)
      writer.member("phase", event.phase.word)
      writer.member("episode", event.episode)
      writer.member("severity", names.severity)
      writer.member("source", names.source)
      writer.member(names.isScore ? "score" : "value", event.value)
      if !event.level.isNaN { writer.member("level", event.level) }
      writer.member("votes", Int(event.votes))
      if event.repeatCount > 0 { writer.member("repeats", Int(event.repeatCount)) }
      Self.put(event.flags, &writer)
      if !event.person.isEmpty { event.person.withBytes { writer.member("by", utf8: $0) } }
      if !names.sensor.isEmpty {
        writer.member("sensor", names.sensor)
        writer.member("sample", event.sample)
      }
      writer.member("at", event.arrival)
      writer.member("boot", bootIdentifier)
      Timestamp(wallNanoseconds: event.wall).withBytes { writer.member("time", utf8: $0) }
      writer.member("latency_us", event.latency / 1000)
    }
  }

  /// Those that are so; each is a member of its own, so that a program may ask for one.
  private static func put(_ flags: AlertFlags, _ writer: inout JSONWriter) {
    if flags.isShelved { writer.member("shelved", true) }
    if flags.contains(.suppressed) { writer.member("suppressed", true) }
    if flags.contains(.outOfService) { writer.member("out_of_service", true) }
    if flags.contains(.silenced) { writer.member("silenced", true) }
    if flags.contains(.first) { writer.member("first", true) }
    if flags.contains(.drill) { writer.member("drill", true) }
    if flags.contains(.escalated) { writer.member("escalated", true) }
  }

  func scores(
    _ pipeline: ScoringPipeline, sample: Int64, at arrival: Int64
  ) -> UnsafeRawBufferPointer {
    line("score") { writer in
      writer.member("pipeline", pipeline.settings.name)
      writer.member("sample", sample)
      writer.member("at", arrival)
      writer.object("scores") { writer in
        let labels = pipeline.bundle.manifest.labels
        for label in labels.indices {
          writer.member(labels[label], pipeline.scores[label])
        }
      }
      writer.member("run_us", Double(pipeline.lastRunNanoseconds) / 1000, decimals: 1)
    }
  }

  /// Another version scores from the sample after `sample` on.
  func model(
    _ pipeline: ScoringPipeline, _ new: LoadedModel, sample: Int64
  ) -> UnsafeRawBufferPointer {
    line("model") { writer in
      writer.member("pipeline", pipeline.settings.name)
      writer.member("model", pipeline.settings.model.name)
      writer.member("version", new.bundle.manifest.version)
      writer.member("previous", pipeline.bundle.manifest.version)
      writer.member("sample", sample)
      writer.member("at", Clock.boot())
    }
  }

  /// Of a pipeline that waited for it: there is no version before.
  func firstModel(_ pipeline: ScoringPipeline, sample: Int64) -> UnsafeRawBufferPointer {
    line("model") { writer in
      writer.member("pipeline", pipeline.settings.name)
      writer.member("model", pipeline.settings.model.name)
      writer.member("version", pipeline.bundle.manifest.version)
      writer.member("previous", JSONValue.null)
      writer.member("sample", sample)
      writer.member("at", Clock.boot())
    }
  }

  func sample(_ channel: SensorChannel, at arrival: Int64) -> UnsafeRawBufferPointer {
    line("sample") { writer in
      Self.put(channel, at: arrival, &writer)
      Self.put(channel.values, of: channel, &writer)
    }
  }

  /// The latest sample and how old it is, for the subscriber that asked. Of a stale sample it says
  /// the age alone and no values, so that no program takes them for the present.
  func latest(_ channel: SensorChannel, at now: Int64) -> UnsafeRawBufferPointer {
    line("sample") { writer in
      let hasSample = channel.sampleCount > 0
      if hasSample && !channel.isStale {
        Self.put(channel, at: channel.lastArrival, &writer)
      } else {
        writer.member("sensor", channel.settings.name)
        writer.member("sample", nil as Int64?)
      }
      let age = (now - channel.lastArrival) / 1_000_000
      writer.member("age_ms", hasSample ? age : nil)
      if hasSample && !channel.isStale { Self.put(channel.latest, of: channel, &writer) }
    }
  }

  func unknownSensor(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    line("error") { writer in
      writer.member("read", utf8: name)
      writer.member("reason", "no sensor has that name")
    }
  }

  private static func put(
    _ channel: SensorChannel, at arrival: Int64, _ writer: inout JSONWriter
  ) {
    writer.member("sensor", channel.settings.name)
    writer.member("sample", channel.sampleCount)
    writer.member("at", arrival)
  }

  private static func put(
    _ values: UnsafeMutableBufferPointer<Float>, of channel: SensorChannel,
    _ writer: inout JSONWriter
  ) {
    writer.object("values") { writer in
      for field in values.indices {
        writer.member(channel.settings.fields[field].name, values[field])
      }
    }
  }

  func sensor(_ channel: SensorChannel, _ state: SensorState) -> UnsafeRawBufferPointer {
    line("sensor") { writer in
      writer.member("sensor", channel.settings.name)
      writer.member("state", state.word)
      writer.member("sample", channel.sampleCount)
    }
  }

  /// - Parameter sample: the last one before the gap.
  func gap(
    _ channel: SensorChannel, _ nanoseconds: Int64, after sample: Int64, at now: Int64
  ) -> UnsafeRawBufferPointer {
    line("gap") { writer in
      writer.member("sensor", channel.settings.name)
      writer.member("sample", sample)
      writer.member("seconds", Double(nanoseconds) / 1e9, decimals: 3)
      writer.member("at", now)
    }
  }

  func rate(
    _ channel: SensorChannel, _ news: RateWatch.News, at arrival: Int64
  ) -> UnsafeRawBufferPointer {
    line("rate") { writer in
      Self.put(channel, at: arrival, &writer)
      writer.member("measured", news.measuredHertz, decimals: 3)
      writer.member("declared", channel.settings.rateHertz)
      writer.member("as_declared", news.isAsDeclared)
    }
  }

  /// Tells a subscriber what it missed. Valid until the next `dropped`; every other line stays
  /// valid.
  func dropped(count: Int) -> UnsafeRawBufferPointer {
    Self.line("dropped", with: &lossWriter) { writer in
      writer.member("lines", count)
    }
  }

  private func line(
    _ type: StaticString, _ members: (inout JSONWriter) -> Void
  ) -> UnsafeRawBufferPointer {
    Self.line(type, with: &writer, members)
  }

  /// One object and LF. The buffers are as long as the longest line, so it always fits.
  private static func line(
    _ type: StaticString, with writer: inout JSONWriter, _ members: (inout JSONWriter) -> Void
  ) -> UnsafeRawBufferPointer {
    writer.reset()
    writer.object { writer in
      writer.member("type", type)
      members(&writer)
    }
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
