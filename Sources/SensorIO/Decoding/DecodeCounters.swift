/// Counts what a sensor's frames became: samples, nothing, or faults by kind.
package struct DecodeCounters: Equatable, Sendable {
  package internal(set) var samples: UInt64 = 0
  /// Frames that are neither sample nor fault: empty lines, comments, headers, other sentences.
  package internal(set) var passedOver: UInt64 = 0
  /// Samples that a field's policy cost, also where other samples of the same frame stand.
  package internal(set) var samplesDropped: UInt64 = 0
  /// Samples without a readable device clock, where one is declared.
  package internal(set) var clockFaults: UInt64 = 0

  package internal(set) var fieldCounts: UInt64 = 0
  package internal(set) var notText: UInt64 = 0
  package internal(set) var beforeHeader: UInt64 = 0
  package internal(set) var noValue: UInt64 = 0
  package internal(set) var dropped: UInt64 = 0
  package internal(set) var fieldsDuplicate: UInt64 = 0
  package internal(set) var jsonMalformed: UInt64 = 0
  package internal(set) var notObjects: UInt64 = 0
  package internal(set) var payloadBytes: UInt64 = 0

  package init() {}

  /// Frames that should have become samples and did not, for all reasons together.
  package var faults: UInt64 {
    fieldCounts + notText + beforeHeader + noValue + dropped + fieldsDuplicate + jsonMalformed
      + notObjects + payloadBytes
  }

  mutating func count(_ fault: DecodeError) {
    switch fault {
    case .fieldCount: fieldCounts += 1
    case .notText: notText += 1
    case .beforeHeader: beforeHeader += 1
    case .noValue: noValue += 1
    case .dropped: dropped += 1
    case .fieldDuplicate: fieldsDuplicate += 1
    case .jsonMalformed: jsonMalformed += 1
    case .notAnObject: notObjects += 1
    case .payloadBytes: payloadBytes += 1
    }
  }
}
