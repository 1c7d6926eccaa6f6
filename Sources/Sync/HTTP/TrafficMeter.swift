/// Counts what goes over the link, both ways and TLS included, and ends an exchange when a day's
/// bytes are spent.
package final class TrafficMeter {
  private(set) var bytes: Int64 = 0
  /// So many more may go today.
  var bytesLeft: Int64 = .max

  var isSpent: Bool { bytesLeft <= 0 }

  func spend(_ count: Int64) throws(HTTPFault) {
    bytes += count
    bytesLeft = max(0, bytesLeft - count)
    guard bytesLeft > 0 else { throw .budgetSpent }
  }
}
