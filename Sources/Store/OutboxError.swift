/// Why the outbox could not do what it was asked.
package enum OutboxError: Error, Equatable {
  /// SQLite's extended result code, and the system's error number where that was the cause (else
  /// 0).
  case sqlite(code: Int32, system: Int32)
  /// The file is a database of another program.
  case foreign(application: Int64)
  /// The file was written by a later version of this program.
  case newer(version: Int64)
  /// A file that nothing is in yet: the core is about to make a store of it.
  case empty
  /// A reader holds the log, which has grown to its limit.
  case logFull

  /// What no retry can change: the file itself is no good.
  package var isOfTheFile: Bool {
    switch self {
    case .foreign, .newer: true
    case .sqlite(let code, _): code & 0xFF == 11 || code & 0xFF == 26  // SQLITE_CORRUPT, _NOTADB
    case .logFull, .empty: false
    }
  }
}
