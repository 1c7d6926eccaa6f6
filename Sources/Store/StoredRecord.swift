/// The kind of a record. When there is no room, the outbox drops records of a lower kind first.
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

  /// The number of recordings in the table of losses. It is below every kind.
  static let recording: Int64 = -1

  /// The word for a stored kind. A number that a later version of the agent wrote has no word, and
  /// stays a number.
  static func word(of stored: Int64) -> String {
    RecordKind(rawValue: stored)?.word ?? (stored == recording ? "recording" : "\(stored)")
  }
}

/// One record before it has its place in the outbox.
package struct NewRecord: Equatable, Sendable {
  package var kind: RecordKind
  /// CLOCK_BOOTTIME in nanoseconds. It has a meaning only together with the boot's id.
  package var at: Int64
  /// Nanoseconds since 1970; nil while the board does not know the time.
  package var time: Int64?
  /// The subject of the record: an alert, a pipeline, a sensor, or `agent`.
  package var source: String
  /// A JSON object on one line.
  package var body: String
  /// The boot of `at`, where that is not the present one.
  package var boot: String?

  package init(
    kind: RecordKind, at: Int64, time: Int64? = nil, source: String, body: String,
    boot: String? = nil
  ) {
    self.kind = kind
    self.at = at
    self.time = time
    self.source = source
    self.body = body
    self.boot = boot
  }
}

/// One record as it is in the outbox.
package struct StoredRecord: Equatable, Sendable {
  /// The outbox never gives a sequence twice. Together with the outbox's epoch it is the record's
  /// name everywhere.
  package var sequence: Int64
  /// The number in the file. A later version of the agent may know more kinds.
  package var kind: Int64
  /// CLOCK_BOOTTIME in nanoseconds, of the boot `boot`.
  package var at: Int64
  package var boot: String
  /// Nanoseconds since 1970; nil while the board does not know the time.
  package var time: Int64?
  package var source: String
  package var body: String
}

/// Why records are not in the outbox.
package enum LossReason: Int, CaseIterable, Sendable {
  /// The outbox was full. Later or weightier records took the place, or the record found none.
  case noRoom
  /// The outbox thread did not keep up with the hot thread.
  case queueFull
  /// The disk did not take the records: it was full, read-only or broken.
  case storeFailed
  /// There were too many set-aside records, or no room for them, and the oldest ones went.
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

/// How many records are lost, by reason and kind.
package struct LossCount {
  private var counts = [Int64](
    repeating: 0, count: LossReason.allCases.count * RecordKind.allCases.count)

  package init() {}

  package mutating func add(_ reason: LossReason, _ kind: RecordKind, _ count: Int64 = 1) {
    counts[reason.rawValue * RecordKind.allCases.count + Int(kind.rawValue)] += count
  }

  package var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

  package var total: Int64 { counts.reduce(0, +) }

  /// The counts above 0.
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

  /// Takes away records that are not lost after all.
  mutating func subtract(_ other: LossCount) {
    for entry in other.entries { add(entry.reason, entry.kind, -entry.count) }
  }
}
