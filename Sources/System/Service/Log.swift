import CPlatform
import Synchronization
import Text

/// Writes lines for people to standard error, with one `write` a line. Under systemd each line
/// begins with its priority (`<4>`), which the journal removes (sd-daemon(3)).
///
/// It never waits: where nobody reads standard error, lines are lost and counted, and the next line
/// that goes through says how many. The thread that opens devices and the one that runs an alert's
/// programs write here, and a log must stop neither.
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
    lines.write(priority, text)
  }

  private static let lines = LogLines(
    PromptOutput(2), goesToJournal: Environment.value("JOURNAL_STREAM") != nil)
}

/// The lines of one log, from any thread.
package final class LogLines: Sendable {
  private let output: PromptOutput
  private let goesToJournal: Bool
  /// Lines that were lost since the last one that went through.
  private let lostCount = Atomic<Int>(0)
  /// A socket or a terminal took a part of the last line: the next one begins with the end of that
  /// line.
  private let owesLineEnd = Atomic<Bool>(false)

  package init(_ output: PromptOutput, goesToJournal: Bool) {
    (self.output, self.goesToJournal) = (output, goesToJournal)
  }

  package func write(_ priority: Log.Priority, _ text: String) {
    let lost = lostCount.exchange(0, ordering: .relaxed)
    if lost > 0 {
      let lines = Decimal.count(lost, "line")
      guard put(.warning, "\(lines) lost here: standard error was not read") else {
        lostCount.add(lost + 1, ordering: .relaxed)
        return
      }
    }
    if !put(priority, text) { lostCount.add(1, ordering: .relaxed) }
  }

  private func put(_ priority: Log.Priority, _ text: String) -> Bool {
    let prefix = goesToJournal ? "<\(priority.rawValue)>" : "edgeagent: "
    // The last place where a secret could get out: the text may quote an address.
    let text = SecretText.line(text)
    var bytes = Array((prefix + text).utf8.prefix(PromptOutput.lineBytesMax - 2))
    bytes.append(UInt8(ascii: "\n"))
    if owesLineEnd.exchange(false, ordering: .relaxed) { bytes.insert(UInt8(ascii: "\n"), at: 0) }
    let written = bytes.withUnsafeBytes { output.write($0) }
    if written > 0 && written < bytes.count { owesLineEnd.store(true, ordering: .relaxed) }
    return written == bytes.count
  }
}
