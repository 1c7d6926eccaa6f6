/// What kind a record is: the lower, the sooner it is dropped when there is no room.
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

  /// The word of a kind as it is stored; a number that a later version wrote stands for itself.
  static func word(of stored: Int64) -> String { RecordKind(rawValue: stored)?.word ?? "\(stored)" }
}

/// One record before it has its place in the store.
package struct NewRecord: Equatable, Sendable {
  package var kind: RecordKind
  /// CLOCK_BOOTTIME in nanoseconds; means something beside the boot's id alone.
  package var at: Int64
  /// Nanoseconds since 1970; nil while the board does not know the time.
  package var time: Int64?
  /// What it is about: an alert, a pipeline, a sensor, or `agent`.
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
  /// Never given twice in one store; with the store's epoch it is the record's name everywhere.
  package var sequence: Int64
  /// As stored: a later version may know more kinds.
  package var kind: Int64
  package var at: Int64
  package var boot: String
  package var time: Int64?
  package var source: String
  package var body: String
}

/// Why records are not in the store.
package enum LossReason: Int, CaseIterable, Sendable {
  /// The store was at its size, and later or weightier records took the place.
  case noRoom
  /// The outbox thread did not keep up with the hot thread.
  case queueFull
  /// The disk did not take them: full, read-only or broken.
  case storeFailed
  /// Refused items beyond their limit.
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

  /// Those that are not 0.
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

  /// What turned out not to be lost.
  mutating func subtract(_ other: LossCount) {
    for entry in other.entries { add(entry.reason, entry.kind, -entry.count) }
  }
}
