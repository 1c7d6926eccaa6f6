import CPlatform
import SensorIO

/// Alerts in the systemd journal: its native protocol where its socket is, so that every part of an
/// alert is a field of its own (`journalctl EDGEAGENT_ALERT=fall`), otherwise the JSON line on
/// standard error.
///
/// Hot: one datagram or one write, which does not wait for a reader; allocates nothing.
final class JournalOutput {
  static let socketPath = "/run/systemd/journal/socket"

  private let descriptor: Int32
  /// For each alert the fields that are always the same, with their newlines.
  private let fixedFields: [[UInt8]]
  private let buffer: UnsafeMutableRawBufferPointer

  init(_ configuration: Configuration, socketPath: String = socketPath) {
    let isUsed = configuration.alerts.contains { $0.outputs.contains(.journal) }
    descriptor = isUsed ? UnixDatagram.connected(to: socketPath) : -1
    buffer = .allocate(byteCount: PipelineLimits.lineBytesMax, alignment: 16)
    fixedFields = configuration.alerts.map { alert in
      let text =
        "SYSLOG_IDENTIFIER=edgeagent\n"
        + "PRIORITY=\(alert.severity.priority.rawValue)\n"
        + "EDGEAGENT_AGENT=\(configuration.agent.id)\nEDGEAGENT_ALERT=\(alert.name)\n"
        + "EDGEAGENT_SEVERITY=\(alert.severity.rawValue)\n"
        + "EDGEAGENT_SOURCE=\(alert.source.pipeline).\(alert.source.label)\n"
        + "MESSAGE=alert \(alert.name) "
      return Array(text.utf8)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    buffer.deallocate()
  }

  func write(_ event: AlertEvent, _ alarm: Alarm, json: UnsafeRawBufferPointer) {
    guard descriptor >= 0 else {
      _ = CPlatform.write(2, json.baseAddress, json.count)
      return
    }
    var output = FixedOutput(buffer)
    fixedFields[event.alert].withUnsafeBytes { output.put($0) }
    // The rest of MESSAGE, then the fields that change.
    output.put(event.transition.word)
    output.put(", score ")
    output.decimal(Double(event.score), decimals: 3)
    output.put("\nEDGEAGENT_STATE=")
    output.put(event.transition.word)
    output.put("\nEDGEAGENT_SCORE=")
    output.decimal(Double(event.score), decimals: 6)
    output.put("\nEDGEAGENT_SAMPLE=")
    output.integer(event.sample)
    output.put("\nEDGEAGENT_AT=")
    output.integer(event.arrival)
    output.put("\n")
    guard let datagram = output.written else { return }
    _ = send(descriptor, datagram.baseAddress, datagram.count, CP_MSG_QUIET)
  }
}

extension AlertSeverity {
  var priority: Log.Priority {
    switch self {
    case .info: .info
    case .warning: .warning
    case .critical: .critical
    }
  }
}
