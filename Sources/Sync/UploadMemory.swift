import Text

/// What one upload leaves to the next: which records the server refused, and how much it takes at
/// once. Sync keeps it in `sync.json`.
package struct UploadMemory: Equatable {
  package var refused = RefusedRecords()
  var batch = BatchSize()
  /// The next upload begins with one record, because the last one ended without knowing whether
  /// the server takes any.
  var isCareful = false
  var inDoubt = MetricsInDoubt()

  package init() {}

  var isEmpty: Bool {
    refused.entries.isEmpty && batch == BatchSize() && !isCareful && inDoubt.isEmpty
  }

  init(_ value: JSONValue?) {
    guard let value else { return }
    refused = RefusedRecords(value["refused"])
    batch = BatchSize(value["batch"])
    isCareful = value["careful"]?.bool ?? false
    inDoubt = MetricsInDoubt(value["in_doubt"])
  }

  func put(into writer: inout JSONWriter) {
    if !refused.entries.isEmpty { writer.object("refused") { refused.put(into: &$0) } }
    if batch != BatchSize() { writer.object("batch") { batch.put(into: &$0) } }
    if !inDoubt.isEmpty { writer.object("in_doubt") { inDoubt.put(into: &$0) } }
    writer.member("careful", isCareful)
  }
}

/// How many records go into a request: as many as the uplink takes, and fewer for a while after a
/// request was too large.
struct BatchSize: Equatable {
  /// After so many full requests that the server took, the next one has twice as many records.
  private static let patience = 16

  /// Records at most; nil for as many as the uplink takes.
  private(set) var limit: Int?
  private var passed = 0

  init() {}

  init(_ value: JSONValue?) {
    guard let records = value?["records"]?.int64, records > 0 else { return }
    limit = Int(min(records, Int64(SyncLimits.batchRecordsMax)))
    passed = Int(max(0, min(value?["passed"]?.int64 ?? 0, Int64(Self.patience - 1))))
  }

  func put(into writer: inout JSONWriter) {
    writer.member("records", limit ?? 0)
    writer.member("passed", passed)
  }

  func records(_ max: Int) -> Int { min(limit ?? max, max) }

  mutating func tooLarge(_ count: Int) {
    (limit, passed) = (max(1, min(limit ?? .max, count / 2)), 0)
  }

  mutating func taken(_ count: Int, recordsMax: Int) {
    guard let limit, count >= limit else { return }
    passed += 1
    guard passed == Self.patience else { return }
    passed = 0
    self.limit = 2 * limit < recordsMax ? 2 * limit : nil
  }
}
