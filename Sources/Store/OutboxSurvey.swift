import System

/// What is in an outbox, for `store info`.
package struct OutboxSurvey {
  package struct Count {
    /// The kind's word, or the number that a later version of the agent wrote.
    package let kind: String
    package let records: Int64
    /// The bytes of the bodies, of the sources and of the boots' ids.
    package let bytes: Int64
  }

  package struct Loss {
    package let reason: String
    package let kind: String
    package let records: Int64
  }

  package let epoch: String
  /// The cap of the database and its log together; 0 when the file does not say it.
  package let bytesMax: Int64
  /// The bytes of the database and its log on the disk.
  package let fileBytes: Int
  package let counts: [Count]
  /// Records that servers refused for good, and that the outbox keeps.
  package let setAside: Int64
  /// Records that a server has, and that the outbox keeps to be looked at.
  package let sent: Int64
  /// The number of recordings, and the bytes in them.
  package let recordings: (count: Int64, bytes: Int64)
  package let losses: [Loss]
  /// How many hours of records the outbox can hold without a server, at the rate of the latest
  /// records. Nil while there are too few records of one boot to tell.
  package let hoursHeld: Double?

  /// Reads the counts of an outbox that must be there. SQLite reads every record for this.
  @export(interface)
  package init(_ path: String) throws(OutboxError) {
    let database = try Outbox.reader(path)
    epoch = try database.text("SELECT value FROM meta WHERE name = 'epoch'") ?? ""
    bytesMax =
      try database.integer("SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'size'") ?? 0
    fileBytes = Files.bytes(of: path) + Files.bytes(of: path + "-wal")
    counts = try Self.counts(database)
    setAside = try database.integer("SELECT count(*) FROM set_aside") ?? 0
    sent = try database.integer("SELECT count(*) FROM record WHERE sent IS NOT NULL") ?? 0
    recordings = try Self.recordings(database)
    losses = try Self.losses(database)
    hoursHeld = try Self.hours(database, bytesMax: bytesMax)
  }

  private static func counts(_ database: Database) throws(OutboxError) -> [Count] {
    let query = try database.prepare(
      "SELECT kind, count(*), sum(length(CAST(body AS BLOB)) + length(CAST(source AS BLOB)) + 36) "
        + "FROM record WHERE sent IS NULL GROUP BY kind ORDER BY kind")
    var counts: [Count] = []
    while try query.step() {
      counts.append(
        Count(
          kind: RecordKind.word(of: query.integer(0)), records: query.integer(1),
          bytes: query.integer(2)))
    }
    return counts
  }

  private static func recordings(
    _ database: Database
  ) throws(OutboxError) -> (count: Int64, bytes: Int64) {
    let query = try database.prepare(
      "SELECT count(*), coalesce(sum(length(frames)), 0) FROM recording")
    return try query.step() ? (query.integer(0), query.integer(1)) : (0, 0)
  }

  private static func losses(_ database: Database) throws(OutboxError) -> [Loss] {
    let query = try database.prepare("SELECT reason, kind, count FROM loss ORDER BY reason, kind")
    var losses: [Loss] = []
    while try query.step() {
      losses.append(
        Loss(
          reason: query.text(0), kind: RecordKind.word(of: query.integer(1)),
          records: query.integer(2)))
    }
    return losses
  }

  /// The core gives sequences without a gap. So two sequences tell how many records came between
  /// their times, even if sync has sent and deleted records between them.
  private static func hours(_ database: Database, bytesMax: Int64) throws(OutboxError) -> Double? {
    let query = try database.prepare(
      """
      WITH latest AS (
        SELECT * FROM record WHERE boot = (SELECT boot FROM record ORDER BY sequence DESC LIMIT 1)
        ORDER BY sequence DESC LIMIT 1000)
      SELECT max(sequence) - min(sequence), max(at) - min(at),
        avg(length(CAST(body AS BLOB)) + length(CAST(source AS BLOB)) + 80) FROM latest
      """)
    guard try query.step() else { return nil }
    let (records, nanoseconds, bytes) = (query.integer(0), query.integer(1), query.integer(2))
    guard records >= 10, nanoseconds > 0, bytes > 0 else { return nil }
    let room = Double(Int(bytesMax) - OutboxLimits.logBytesMax(of: Int(bytesMax)))
    let bytesAnHour = Double(records) * Double(bytes) / Double(nanoseconds) * 3.6e12
    return room / bytesAnHour
  }
}
