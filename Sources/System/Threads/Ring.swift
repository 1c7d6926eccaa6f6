import Synchronization

/// A queue of fixed size from exactly one thread to exactly one other. Neither side ever waits,
/// locks or allocates. A full ring refuses an element, and the sender counts it as dropped.
///
/// Each side owns one index and publishes it with release order after it has used the slot; the
/// other side reads the index with acquire order. The two indices are on separate cache lines.
package final class Ring<Element: Sendable>: @unchecked Sendable {
  private let slots: UnsafeMutablePointer<Element>
  private let mask: Int
  private let written = PaddedIndex()
  private let taken = PaddedIndex()

  /// The bytes that a ring of this capacity takes for its elements.
  package static func byteCount(_ capacity: Int) -> Int { capacity * MemoryLayout<Element>.stride }

  /// - Parameter capacity: a power of two.
  package init(capacity: Int) {
    precondition(capacity > 0 && capacity & (capacity - 1) == 0)
    slots = .allocate(capacity: capacity)
    mask = capacity - 1
  }

  /// Setup: writes to all of its memory, so that no page of it is missing when it is used for the
  /// first time.
  package func touch() {
    UnsafeMutableRawPointer(slots).initializeMemory(
      as: UInt8.self, repeating: 0, count: Self.byteCount(mask + 1))
  }

  deinit {
    while take() != nil {}
    slots.deallocate()
  }

  /// The sender's side: whether the next `put` will be taken.
  package var hasRoom: Bool { places > 0 }

  /// The sender's side: the ring will take at least so many elements.
  package var places: Int {
    let index = written.value.load(ordering: .relaxed)
    return mask + 1 - (index &- taken.value.load(ordering: .acquiring))
  }

  /// The sender's side. False when the ring is full and did not take the element.
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

/// An index alone on its cache line, which has 64 bytes on every processor that the agent supports.
/// So a write by one thread does not slow down the other.
private final class PaddedIndex {
  let value = Atomic<Int>(0)
  private let padding: (Int, Int, Int, Int, Int, Int, Int) = (0, 0, 0, 0, 0, 0, 0)
}
