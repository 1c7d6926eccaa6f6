/// The table in the outbox that counts lost records and recordings. A count changes in the same
/// transaction that drops them.
final class LossTable {
  private let update: Statement

  init(_ database: Database) throws(OutboxError) {
    update = try database.prepare(
      "INSERT INTO loss VALUES (?1, ?2, ?3) "
        + "ON CONFLICT(reason, kind) DO UPDATE SET count = count + ?3")
  }

  func add(_ reason: LossReason, _ kind: RecordKind, _ count: Int64) throws(OutboxError) {
    try add(reason, kind.rawValue, count)
  }

  func addRecordings(_ reason: LossReason, _ count: Int64) throws(OutboxError) {
    if count > 0 { try add(reason, RecordKind.recording, count) }
  }

  private func add(_ reason: LossReason, _ kind: Int64, _ count: Int64) throws(OutboxError) {
    try update.bind(1, reason.word)
    try update.bind(2, kind)
    try update.bind(3, count)
    try update.run()
  }
}
