/// Counts what a sensor's frames became: samples, or faults by kind.
package struct DecodeCounters: Equatable, Sendable {
  package internal(set) var samples: UInt64 = 0
  package internal(set) var fieldCounts: UInt64 = 0
  package internal(set) var notNumbers: UInt64 = 0
  package internal(set) var notFinite: UInt64 = 0
  package internal(set) var fieldsMissing: UInt64 = 0
  package internal(set) var fieldsDuplicate: UInt64 = 0
  package internal(set) var jsonMalformed: UInt64 = 0
  package internal(set) var notObjects: UInt64 = 0
  package internal(set) var payloadBytes: UInt64 = 0

  package init() {}

  /// Frames that became no sample, for all reasons together.
  package var faults: UInt64 {
    fieldCounts + notNumbers + notFinite + fieldsMissing + fieldsDuplicate + jsonMalformed
      + notObjects + payloadBytes
  }

  mutating func count(_ fault: DecodeError) {
    switch fault {
    case .fieldCount: fieldCounts += 1
    case .notANumber: notNumbers += 1
    case .notFinite: notFinite += 1
    case .fieldMissing: fieldsMissing += 1
    case .fieldDuplicate: fieldsDuplicate += 1
    case .jsonMalformed: jsonMalformed += 1
    case .notAnObject: notObjects += 1
    case .payloadBytes: payloadBytes += 1
    }
  }
}
