import CPlatform

/// Writes lines for people to standard error, with one `write` a line. Under systemd each line
/// begins with its priority (`<4>`), which the journal removes (sd-daemon(3)).
///
/// Only threads that may allocate use it, since a line is a String. The hot thread sends notices to
/// the doorkeeper instead.
package enum Log {
  package enum Priority: Int32, Sendable {
    case critical = 2
    case error, warning, notice, info
  }

  /// Writes one line; `text` has no line end.
  package static func write(_ priority: Priority, _ text: String) {
    let prefix = goesToJournal ? "<\(priority.rawValue)>" : "edgeagent: "
    Terminal.write(prefix + text + "\n", to: 2)
  }

  private static let goesToJournal = Environment.value("JOURNAL_STREAM") != nil
}
