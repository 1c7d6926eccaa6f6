/// Why a call of the outbox failed.
package enum OutboxError: Error, Equatable {
  /// SQLite's extended result code, and the system's error number if that was the cause, else 0.
  case sqlite(code: Int32, system: Int32)
  /// The file is a database of another program.
  case foreign(application: Int64)
  /// The file was written by a later version of this program.
  case newer(version: Int64)
  /// The file is still empty: the core is about to make an outbox of it.
  case empty
  /// A reader holds the log, which has grown to its limit.
  case logFull

  /// True when the file itself is the fault, so that no retry can help.
  package var isOfTheFile: Bool {
    switch self {
    case .foreign, .newer: true
    case .sqlite(let code, _): code & 0xFF == 11 || code & 0xFF == 26  // SQLITE_CORRUPT, _NOTADB
    case .logFull, .empty: false
    }
  }
}
