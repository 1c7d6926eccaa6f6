import Config
import System
import Text

/// Keeps the log short when one thing happens again and again: each kind of line about one sensor
/// or pipeline may come so often a minute. Then one line says how many were left out.
///
/// Belongs to one thread.
struct LogMeter {
  private struct Entry {
    let kind: String
    let subject: String
    var since: Int64
    var lines = 0
    var leftOut = 0
  }

  private static let minute: Int64 = 60_000_000_000
  /// As many as there are kinds of lines and things that they are about, at most.
  private var entries: [Entry] = []

  /// - Parameters:
  ///   - kind: what the line says; a word of the code.
  ///   - subject: what it is about, as the log names it: `sensor wrist`.
  /// - Returns: whether the line may be written now.
  mutating func admits(_ kind: String, of subject: String, at now: Int64) -> Bool {
    guard let index = entries.firstIndex(where: { $0.kind == kind && $0.subject == subject }) else {
      entries.append(Entry(kind: kind, subject: subject, since: now, lines: 1))
      return true
    }
    if entries[index].lines >= PipelineLimits.logLinesPerMinute {
      entries[index].leftOut += 1
      return false
    }
    entries[index].lines += 1
    return true
  }

  /// Ends the minutes that are over.
  ///
  /// - Returns: a sentence for each kind of which lines were left out.
  mutating func summaries(at now: Int64) -> [String] {
    var texts: [String] = []
    entries.removeAll { entry in
      guard now - entry.since >= Self.minute else { return false }
      if entry.leftOut > 0 {
        texts.append(
          "\(entry.subject): \(Decimal.count(entry.leftOut, "more line")) like “\(entry.kind)” left "
            + "out in the last minute")
      }
      return true
    }
    return texts
  }
}
