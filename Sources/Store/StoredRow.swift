import Text

/// A record as a row of SQLite. All code that reads or writes a row takes the columns, their order
/// and their meaning from here.
extension StoredRecord {
  /// `init(row:)` reads these columns and `bind(to:)` fills them, in this order.
  static let columns = "sequence, kind, at, boot, time, source, body"

  /// - Parameters:
  ///   - row: a row of a statement that selects `columns`.
  ///   - last: the texts of the row before. They are often the same. Then the record shares them
  ///     and copies nothing.
  init(row: Statement, like last: (boot: String, source: String) = ("", "")) {
    (sequence, kind, at) = (row.integer(0), row.integer(1), row.integer(2))
    boot = row.text(3, like: last.boot)
    time = row.isNull(4) ? nil : row.integer(4)
    source = row.text(5, like: last.source)
    body = row.text(6)
  }

  /// Fills the parameters 1 to 7.
  func bind(to statement: Statement) throws(OutboxError) {
    try statement.bind(1, sequence)
    try statement.bind(2, kind)
    try statement.bind(3, at)
    try statement.bind(4, boot)
    try statement.bind(5, time)
    try statement.bind(6, source)
    try statement.bind(7, body)
  }

  /// The body as a JSON object; nil if it is none.
  package var object: JSONValue? {
    var body = body
    let value = body.withUTF8 { try? JSONValue.parse(UnsafeRawBufferPointer($0)) }
    return value?.members == nil ? nil : value
  }
}

extension NewRecord {
  /// The columns that `bind(to:boot:)` fills. SQLite gives the sequence.
  static let columns = "kind, at, boot, time, source, body"

  /// Fills the parameters 1 to 6.
  func bind(to statement: Statement, boot: String) throws(OutboxError) {
    try statement.bind(1, kind.rawValue)
    try statement.bind(2, at)
    try statement.bind(3, self.boot ?? boot)
    try statement.bind(4, time)
    try statement.bind(5, source)
    try statement.bind(6, body)
  }
}

/// The body of a result: the scores of one window, or of all windows of a period.
package struct StoredScores {
  package let pipeline: String
  /// One member for each label: a number, or for a period an object with `min`, `max` and `mean`.
  /// There is at least one.
  package let scores: [JSONMember]
  /// The count of windows in the period; nil for one window.
  package let windows: JSONValue?

  /// Nil for a record that is no result, or that is a result of an unknown form.
  package init?(_ record: StoredRecord) {
    guard record.kind == RecordKind.result.rawValue, let body = record.object,
      let pipeline = body["pipeline"]?.string, let scores = body["scores"]?.members, !scores.isEmpty
    else { return nil }
    (self.pipeline, self.scores, windows) = (pipeline, scores, body["windows"])
  }
}
