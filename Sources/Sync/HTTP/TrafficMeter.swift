/// Counts the bytes that go over the link in both directions, with those of TLS. It ends an
/// exchange when the day's bytes are spent.
package final class TrafficMeter {
  private(set) var bytes: Int64 = 0
  /// The bytes that may still go today.
  var bytesLeft: Int64 = .max

  var isSpent: Bool { bytesLeft <= 0 }

  func spend(_ count: Int64) throws(HTTPFault) {
    bytes += count
    bytesLeft = max(0, bytesLeft - count)
    guard bytesLeft > 0 else { throw .budgetSpent }
  }
}
