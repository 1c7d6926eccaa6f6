/// The kind of a record. When there is no room, records of a lower kind are dropped first.
package enum RecordKind: Int64, CaseIterable, Sendable {
  case debug = 0
  case result, anomaly, audit, alert

  package var word: String {
    switch self {
    case .debug: "debug"
    case .result: "result"
    case .anomaly: "anomaly"
    case .audit: "audit"
    case .alert: "alert"
    }
  }

  /// In the table of losses, what is below every kind: the recordings of alerts.
  static let recording: Int64 = -1

  /// The word for a stored kind. For a number that a later version wrote, it is the number itself.
  static func word(of stored: Int64) -> String {
    RecordKind(rawValue: stored)?.word ?? (stored == recording ? "recording" : "\(stored)")
  }
}

/// One record before it has its place in the outbox.
package struct NewRecord: Equatable, Sendable {
  package var kind: RecordKind
  /// CLOCK_BOOTTIME in nanoseconds; it has a meaning only together with the boot's id.
  package var at: Int64
  /// Nanoseconds since 1970; nil while the board does not know the time.
  package var time: Int64?
  /// The subject of the record: an alert, a pipeline, a sensor, or `agent`.
  package var source: String
  /// A JSON object on one line.
  package var body: String

  package init(kind: RecordKind, at: Int64, time: Int64? = nil, source: String, body: String) {
    self.kind = kind
    self.at = at
    self.time = time
    self.source = source
    self.body = body
  }
}

/// One record as it is stored.
package struct StoredRecord: Equatable, Sendable {
  /// Never given twice in one outbox. Together with the outbox's epoch it is the record's name
  /// everywhere.
  package var sequence: Int64
  /// The number as it is stored: a later version may know more kinds.
  package var kind: Int64
  package var at: Int64
  package var boot: String
  package var time: Int64?
  package var source: String
  package var body: String
}

/// Why records are not in the outbox.
package enum LossReason: Int, CaseIterable, Sendable {
  /// The outbox was full, and later or weightier records took the place.
  case noRoom
  /// The outbox thread did not keep up with the hot thread.
  case queueFull
  /// The disk did not take the records: it was full, read-only or broken.
  case storeFailed
  /// The oldest set-aside records, when there were more than the limit.
  case setAsideFull

  package var word: String {
    switch self {
    case .noRoom: "no room"
    case .queueFull: "queue full"
    case .storeFailed: "store failed"
    case .setAsideFull: "too many set aside"
    }
  }
}

/// Records lost since this was last emptied, by reason and kind.
package struct LossCount {
  private var counts = [Int64](
    repeating: 0, count: LossReason.allCases.count * RecordKind.allCases.count)

  package init() {}

  package mutating func add(_ reason: LossReason, _ kind: RecordKind, _ count: Int64 = 1) {
    counts[reason.rawValue * RecordKind.allCases.count + Int(kind.rawValue)] += count
  }

  package var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

  var total: Int64 { counts.reduce(0, +) }

  /// The counts that are not 0.
  package var entries: [(reason: LossReason, kind: RecordKind, count: Int64)] {
    var entries: [(reason: LossReason, kind: RecordKind, count: Int64)] = []
    for reason in LossReason.allCases {
      for kind in RecordKind.allCases {
        let count = counts[reason.rawValue * RecordKind.allCases.count + Int(kind.rawValue)]
        if count > 0 { entries.append((reason, kind, count)) }
      }
    }
    return entries
  }

  package mutating func add(_ other: LossCount) {
    for entry in other.entries { add(entry.reason, entry.kind, entry.count) }
  }

  /// Takes away records that turned out not to be lost.
  mutating func subtract(_ other: LossCount) {
    for entry in other.entries { add(entry.reason, entry.kind, -entry.count) }
  }
}
