import Text

/// The records that wait as JSON lines, `OutboxLimits.readRows` at a time. A line has `sequence`,
/// `kind`, `at`, `boot`, `time`, `source` and the record's own object as `body`.
package final class OutboxExport {
  private let database: Database
  /// The last record that `next` returned.
  package private(set) var last: Int64 = 0

  /// Opens an outbox that must be there, and changes nothing.
  package init(_ path: String) throws(OutboxError) {
    database = try Outbox.reader(path)
  }

  /// The next lines; nil after the last line.
  package func next() throws(OutboxError) -> String? {
    let records = try Outbox.records(in: database, after: last, where: "sent IS NULL")
    guard let end = records.last else { return nil }
    last = end.sequence
    var text = ""
    for record in records { text += line(record) }
    return text
  }

  private func line(_ record: StoredRecord) -> String {
    JSONWriter.text { writer in
      writer.member("sequence", record.sequence)
      writer.member("kind", RecordKind.word(of: record.kind))
      writer.member("at", record.at)
      writer.member("boot", record.boot)
      writer.member("time", record.time)
      writer.member("source", record.source)
      writer.member("body", json: record.body)
    } + "\n"
  }
}
