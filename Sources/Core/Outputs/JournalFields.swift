import Config
import System

/// The fields that are the same each time that the journal gets an alert. They are words and made
/// at start, so that `JournalOutput` makes none.
enum JournalFields {
  /// For each alert the fields with their newlines; MESSAGE begins, and is last.
  static func fixed(_ configuration: Configuration) -> [[UInt8]] {
    configuration.alerts.map { alert in
      let text =
        "SYSLOG_IDENTIFIER=edgeagent\n"
        + "PRIORITY=\(alert.severity.priority.rawValue)\n"
        + "EDGEAGENT_AGENT=\(configuration.agent.id)\nEDGEAGENT_ALERT=\(alert.name)\n"
        + "EDGEAGENT_SEVERITY=\(alert.severity.rawValue)\n"
        + "EDGEAGENT_SOURCE=\(alert.sourceText)\n"
        + "MESSAGE=alert \(alert.name) "
      return Array(text.utf8)
    }
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
