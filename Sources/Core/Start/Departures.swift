import System

/// Descriptors that the hot thread gave away, on their way to being closed.
///
/// The hot thread may still hold a reference to one until its round ends, and whoever lets go last
/// closes it. Closing may wait for a driver. So the doorkeeper lets go only of those that nobody
/// else holds any more.
struct Departures {
  private var descriptors: [Descriptor] = []

  var isEmpty: Bool { descriptors.isEmpty }

  mutating func take(_ descriptor: Descriptor) { descriptors.append(descriptor) }

  /// Closes those that nobody else holds.
  mutating func close() {
    var index = 0
    while index < descriptors.count {
      if isKnownUniquelyReferenced(&descriptors[index]) {
        descriptors.remove(at: index)
      } else {
        index += 1
      }
    }
  }
}
