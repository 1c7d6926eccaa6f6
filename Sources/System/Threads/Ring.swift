import Synchronization

/// A queue of fixed size from exactly one thread to exactly one other. Neither side ever waits,
/// locks or allocates; a full ring refuses, and the sender counts what it dropped.
///
/// Each side owns one index and publishes it with release order after touching the slot; the other
/// reads it with acquire order. The two live on separate cache lines.
package final class Ring<Element: Sendable>: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<Element>
  private let mask: Int
  private let written = PaddedIndex()
  private let taken = PaddedIndex()

  /// Bytes of so many places.
  package static func byteCount(_ capacity: Int) -> Int { capacity * MemoryLayout<Element>.stride }

  /// - Parameter capacity: a power of two.
  package init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0)
    slots = .allocate(capacity: capacity)
    mask = capacity - 1
  }

  deinit {
    while take() != nil {}
    slots.deallocate()
  }

  /// The sender's side: whether the next `put` will be taken.
  package var hasRoom: Bool { places > 0 }

  /// The sender's side: so many elements will be taken, if not more.
  package var places: Int {
    let index = written.value.load(ordering: .relaxed)
    return mask + 1 - (index &- taken.value.load(ordering: .acquiring))
  }

  /// The sender's side. False when the ring is full: the element was not taken.
  package func put(_ element: Element) -> Bool {
    let index = written.value.load(ordering: .relaxed)
    guard hasRoom else { return false }
    (slots + (index & mask)).initialize(to: element)
    written.value.store(index &+ 1, ordering: .releasing)
    return true
  }

  /// The receiver's side: the oldest element, if there is one.
  package func take() -> Element? {
    let index = taken.value.load(ordering: .relaxed)
    guard written.value.load(ordering: .acquiring) != index else { return nil }
    let element = (slots + (index & mask)).move()
    taken.value.store(index &+ 1, ordering: .releasing)
    return element
  }
}

/// An index alone on its cache line (64 bytes on every processor this runs on), so that the two
/// threads do not take each other's line away.
private final class PaddedIndex {
  let value = Atomic<Int>(0)
  private let padding: (Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0)
}
