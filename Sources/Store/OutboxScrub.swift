import System

/// Reads the whole outbox slowly, over and over, so that a page that somebody wrote over, or that
/// the disk has lost, is found before it is needed.
package final class OutboxScrub {
  /// In what order it goes through the file.
  private enum Part { case records, index, setAside, recordings }

  private let database: Database
  private var part = Part.records
  /// The last row that was read: a sequence, and in the index a kind before it.
  private var last: (kind: Int64, sequence: Int64) = (.min, .min)
  /// How often it has been through.
  package private(set) var rounds: Int64 = 0

  package init(_ outbox: Outbox) { database = outbox.database }

  /// Reads on for a while.
  ///
  /// - Parameter end: when to stop, as CLOCK_BOOTTIME in nanoseconds. It reads some rows in any
  ///   case.
  /// - Returns: sequences of records whose body is no JSON object. No agent wrote that.
  /// - Throws: `.sqlite` for a page that is none.
  @export(interface)
  package func step(until end: Int64) throws(OutboxError) -> [Int64] {
    var damaged: [Int64] = []
    // What is in memory says nothing of the file.
    database.forgetPages()
    repeat {
      let isDone: Bool
      switch part {
      case .records: isDone = try records(&damaged)
      case .index: isDone = try index()
      case .setAside:
        isDone = try rows("SELECT sequence, length(body) FROM set_aside")
      case .recordings:
        isDone = try rows("SELECT sequence, length(frames) FROM recording")
      }
      if isDone { turn() }
      if isDone, part == .records { break }
    } while Clock.boot() < end && damaged.isEmpty
    return damaged
  }

  private func turn() {
    last = (.min, .min)
    switch part {
    case .records: part = .index
    case .index: part = .setAside
    case .setAside: part = .recordings
    case .recordings:
      part = .records
      rounds += 1
    }
  }

  private func records(_ damaged: inout [Int64]) throws(OutboxError) -> Bool {
    let query = try database.prepare(
      "SELECT \(StoredRecord.columns) FROM record WHERE sequence > ? ORDER BY sequence "
        + "LIMIT \(OutboxLimits.scrubbedRows)")
    try query.bind(1, last.sequence)
    var count = 0
    while try query.step() {
      let record = StoredRecord(row: query)
      last.sequence = record.sequence
      if record.object == nil { damaged.append(record.sequence) }
      count += 1
    }
    return count < OutboxLimits.scrubbedRows
  }

  private func index() throws(OutboxError) -> Bool {
    let query = try database.prepare(
      "SELECT kind, sequence FROM record INDEXED BY record_by_kind WHERE sent IS NULL "
        + "AND (kind > ?1 OR kind = ?1 AND sequence > ?2) ORDER BY kind, sequence "
        + "LIMIT \(OutboxLimits.scrubbedRows)")
    try query.bind(1, last.kind)
    try query.bind(2, last.sequence)
    var count = 0
    while try query.step() {
      last = (query.integer(0), query.integer(1))
      count += 1
    }
    return count < OutboxLimits.scrubbedRows
  }

  private func rows(_ selection: String) throws(OutboxError) -> Bool {
    let query = try database.prepare(
      "\(selection) WHERE sequence > ? ORDER BY sequence LIMIT 1")
    try query.bind(1, last.sequence)
    guard try query.step() else { return true }
    last.sequence = query.integer(0)
    return false
  }
}
