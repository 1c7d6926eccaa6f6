/// Calls for code that does not append records: the command `store`, and tests.
extension Outbox {
  /// The oldest records after `sequence`, at most `OutboxLimits.readRows`. No transaction stays
  /// open between two calls.
  func records(after sequence: Int64) throws(OutboxError) -> [StoredRecord] {
    try Self.records(in: database, after: sequence)
  }

  /// - Parameter condition: which records; all of them where it is not given.
  static func records(
    in database: Database, after sequence: Int64, where condition: String = "1"
  ) throws(OutboxError) -> [StoredRecord] {
    let query = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE sequence > ? AND \(condition) "
        + "ORDER BY sequence LIMIT \(OutboxLimits.readRows)")
    try query.bind(1, sequence)
    var records: [StoredRecord] = []
    while try query.step() { records.append(StoredRecord(row: query)) }
    return records
  }

  /// Opens an outbox that must be there, to read it. It changes nothing.
  static func reader(_ path: String) throws(OutboxError) -> Database {
    try opened(path, .reading)
  }

  /// Opens an outbox that must be there. It never quarantines the file.
  ///
  /// - Throws: `.empty`, `.foreign`, `.newer` and `.sqlite`.
  static func opened(_ path: String, _ access: Database.Access) throws(OutboxError) -> Database {
    let database = try Database(path, access)
    let application = try database.integer("PRAGMA application_id") ?? 0
    guard application == OutboxSchema.application else {
      let tables = try database.integer("SELECT count(*) FROM sqlite_schema") ?? 0
      throw application == 0 && tables == 0 ? .empty : .foreign(application: application)
    }
    let version = try database.integer("PRAGMA user_version") ?? 0
    guard version <= OutboxSchema.version else { throw .newer(version: version) }
    return database
  }
}
