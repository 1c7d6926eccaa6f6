/// Why a call of the outbox failed.
package enum OutboxError: Error, Equatable {
  /// `code`: SQLite's extended result code. `system`: errno if that was the cause, else 0.
  case sqlite(code: Int32, system: Int32)
  /// The file is a database of another program.
  case foreign(application: Int64)
  /// A later version of the agent wrote the file.
  case newer(version: Int64)
  /// The file is still empty. The core is about to make an outbox of it.
  case empty
  /// A reader holds the log, which has grown to its limit.
  case logFull
  /// Another process has the outbox's lock.
  case held
  /// The file is another one than before, or has begun anew. Its records have other names.
  case replaced
  /// The core that has the outbox gave no answer, or one that cannot be understood.
  case silent

  /// Whether the fault shows before SQLite writes anything of a commit.
  package var isBeforeCommit: Bool {
    switch self {
    case .sqlite(let code, _): code & 0xFF == 5  // SQLITE_BUSY
    case .logFull, .empty, .held, .replaced, .silent, .foreign, .newer: true
    }
  }

  /// Whether the same connection may do in a moment what it could not do now: the disk was full, or
  /// somebody else had the file. Another fault may be one of the connection.
  package var isPassing: Bool {
    switch self {
    case .sqlite(let code, _): code & 0xFF == 5 || code & 0xFF == 13  // SQLITE_BUSY, _FULL
    case .logFull, .empty, .held, .replaced, .silent: true
    case .foreign, .newer: false
    }
  }

  /// Whether the content of the file is the fault, so that no retry can help.
  package var isOfTheFile: Bool {
    switch self {
    case .foreign, .newer: true
    case .sqlite(let code, _): code & 0xFF == 11 || code & 0xFF == 26  // SQLITE_CORRUPT, _NOTADB
    case .logFull, .empty, .held, .replaced, .silent: false
    }
  }
}
