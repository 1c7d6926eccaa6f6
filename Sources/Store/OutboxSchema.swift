/// The tables of the outbox. docs/outbox.md describes them for programs that read them. A change of
/// the tables is a new step at the end, and old steps never change. So the agent brings a file that
/// is years old forward step by step.
enum OutboxSchema {
  /// "EdgO" in the file's header. By this the agent tells an outbox from the database of another
  /// program.
  static let application: Int64 = 0x4564_674F

  private static let steps = [
    """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('epoch', lower(hex(randomblob(8))));
    CREATE TABLE record(
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, at INTEGER NOT NULL,
      boot TEXT NOT NULL, time INTEGER, source TEXT NOT NULL, body TEXT NOT NULL);
    CREATE INDEX record_by_kind ON record(kind);
    CREATE TABLE set_aside(
      sequence INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL,
      boot TEXT NOT NULL, time INTEGER, source TEXT NOT NULL, body TEXT NOT NULL,
      reason TEXT NOT NULL);
    CREATE TABLE loss(
      reason TEXT NOT NULL, kind INTEGER NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY(reason, kind)) WITHOUT ROWID;
    CREATE TABLE recording(
      sequence INTEGER PRIMARY KEY AUTOINCREMENT, alert INTEGER, at INTEGER NOT NULL,
      boot TEXT NOT NULL, time INTEGER, sensor TEXT NOT NULL, frames BLOB NOT NULL);
    """,
    // What was sent may stay. The indexes are apart, because each is about a part of the table:
    // marking a record then changes what a deletion would change.
    """
    ALTER TABLE record ADD COLUMN sent INTEGER;
    DROP INDEX record_by_kind;
    CREATE INDEX record_by_kind ON record(kind) WHERE sent IS NULL;
    CREATE INDEX record_sent ON record(sent) WHERE sent IS NOT NULL;
    """,
  ]

  static var version: Int64 { Int64(steps.count) }

  /// Brings a new or an older file forward, each step whole or not at all.
  ///
  /// - Throws: `.foreign` or `.newer` for a file that must not be changed.
  static func prepare(_ database: Database) throws(OutboxError) {
    let application = try database.integer("PRAGMA application_id") ?? 0
    let version = try database.integer("PRAGMA user_version") ?? 0
    let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
    let isNew = application == 0 && version == 0 && tables == 0
    guard isNew || application == Self.application else { throw .foreign(application: application) }
    guard version <= Self.version else { throw .newer(version: version) }
    for step in Int(version)..<steps.count {
      try database.transaction { () throws(OutboxError) in
        // Another process may have made this step while this process waited.
        guard try database.integer("PRAGMA user_version") == Int64(step) else { return }
        try database.execute(steps[step])
        try database.execute(
          "PRAGMA application_id=\(Self.application); PRAGMA user_version=\(step + 1)")
      }
    }
  }
}
