/// Counts the bytes that TCP carries in both directions. Those of TLS count; the headers of TCP and
/// IP, and DNS, do not. The meter ends an exchange when the day's bytes are spent.
package final class TrafficMeter {
  private(set) var bytes: Int64 = 0
  /// The bytes that sync may still move today.
  var bytesLeft: Int64 = .max
  /// The bytes that what is sent now may still take of them.
  var allowance: Int64 = .max

  var isSpent: Bool { bytesLeft <= 0 || allowance <= 0 }

  /// - Throws: `.budgetSpent` when these bytes were the last or too many. They count all the same.
  func spend(_ count: Int64) throws(HTTPFault) {
    bytes += count
    bytesLeft = max(0, bytesLeft - count)
    allowance = max(0, allowance - count)
    guard !isSpent else { throw .budgetSpent }
  }
}
