/// Checks an outbox for `store verify`. SQLite checks every page and index, and then this checks
/// every record.
package struct OutboxCheck {
  /// The check lists only so many problems, because a broken file has thousands.
  static let problemsMax = 20

  /// Records that the check has read.
  package private(set) var records = 0
  package private(set) var problems: [String] = []

  /// Reads and checks the whole file.
  ///
  /// - Complexity: linear in the file. `OutboxLimits.readRows` records are in memory at once.
  @export(interface)
  package init(_ path: String) throws(OutboxError) {
    let database = try Outbox.reader(path)
    let integrity = try database.prepare("PRAGMA integrity_check(\(Self.problemsMax))")
    while try integrity.step() {
      if integrity.text(0) != "ok" { problems.append(integrity.text(0)) }
    }
    var last: Int64 = 0
    while true {
      let page = try Outbox.records(in: database, after: last)
      for record in page { check(record) }
      guard let end = page.last else { return }
      last = end.sequence
    }
  }

  private mutating func check(_ record: StoredRecord) {
    records += 1
    if RecordKind(rawValue: record.kind) == nil {
      note("record \(record.sequence): kind \(record.kind) is unknown")
    }
    if record.object == nil { note("record \(record.sequence): its body is no JSON object") }
  }

  private mutating func note(_ problem: String) {
    if problems.count < Self.problemsMax { problems.append(problem) }
  }
}
