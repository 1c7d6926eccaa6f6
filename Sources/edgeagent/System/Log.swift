import CPlatform

/// Lines for people on standard error, one `write` each. Under systemd each begins with its
/// priority (`<4>`), which the journal takes off again (sd-daemon(3)).
///
/// For cold threads: a line is a String. The hot thread sends notices to the doorkeeper instead.
enum Log {
  enum Priority: Int32, Sendable {
    case critical = 2
    case error, warning, notice, info
  }

  static func write(_ priority: Priority, _ text: String) {
    let prefix = goesToJournal ? "<\(priority.rawValue)>" : "edgeagent: "
    Terminal.write(prefix + text + "\n", to: 2)
  }

  private static let goesToJournal = Environment.value("JOURNAL_STREAM") != nil
}

/// Text on standard output and standard error.
enum Terminal {
  /// Writes all of it; gives up where the reader has gone.
  static func write(_ text: String, to descriptor: Int32 = 1) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = CPlatform.write(descriptor, bytes.baseAddress! + done, bytes.count - done)
        if count < 0 && cp_errno() == EINTR { continue }
        guard count > 0 else { return }
        done += count
      }
    }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }
}
