/// Counts the values that a sensor's fields had not, by field and kind.
///
/// Allocated once; counting allocates nothing.
package final class FieldCounters {
  private static let kindCount = FieldFault.allCases.count

  private let counts: UnsafeMutableBufferPointer<UInt64>
  /// Values that were missing in samples, of all fields and kinds together, and the latest of them.
  package private(set) var absentCount: UInt64 = 0
  package private(set) var absentLatest: (field: Int, kind: FieldFault)?

  package init(fieldCount: Int) {
    counts = .allocate(capacity: fieldCount * Self.kindCount)
    counts.initialize(repeating: 0)
  }

  deinit { counts.deallocate() }

  package var fieldCount: Int { counts.count / Self.kindCount }

  /// - Parameter field: from 0, in the order of the configuration.
  package subscript(field: Int, kind: FieldFault) -> UInt64 {
    counts[field * Self.kindCount + Int(kind.rawValue)]
  }

  /// Of one field, all kinds together.
  package func total(field: Int) -> UInt64 {
    var total: UInt64 = 0
    for kind in FieldFault.allCases { total += self[field, kind] }
    return total
  }

  /// Hot: a sample stands without the value of that field.
  package func countAbsent(_ kind: FieldFault, field: Int) {
    count(kind, field: field)
    absentCount += 1
    absentLatest = (field, kind)
  }

  func count(_ kind: FieldFault, field: Int) {
    counts[field * Self.kindCount + Int(kind.rawValue)] += 1
  }
}
