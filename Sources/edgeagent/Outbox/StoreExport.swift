import Text

/// The records as JSON lines, a page at a time: `sequence`, `kind`, `at`, `boot`, `time`, `source`
/// and the record's own object as `body`.
final class StoreExport {
  private let database: Database
  private var last: Int64 = 0

  init(_ path: String) throws(StoreError) {
    database = try Outbox.reader(path)
  }

  /// The next lines; nil after the last.
  func next() throws(StoreError) -> String? {
    let records = try Outbox.records(in: database, after: last)
    guard let end = records.last else { return nil }
    last = end.sequence
    var text = ""
    for record in records { text += line(record) }
    return text
  }

  /// Deletes every record that `next` has returned, and no later one.
  ///
  /// - Returns: how many.
  func deleteRead() throws(StoreError) -> Int64 {
    try database.execute("PRAGMA synchronous=FULL; DELETE FROM record WHERE sequence <= \(last)")
    return database.changes
  }

  private func line(_ record: StoredRecord) -> String {
    let kind = RecordKind(rawValue: record.kind)?.word ?? "\(record.kind)"
    let time = record.time.map { "\($0)" } ?? "null"
    return "{\"sequence\":\(record.sequence),\"kind\":\(JSONText.quoted(kind)),"
      + "\"at\":\(record.at),\"boot\":\(JSONText.quoted(record.boot)),\"time\":\(time),"
      + "\"source\":\(JSONText.quoted(record.source)),\"body\":\(record.body)}\n"
  }
}
