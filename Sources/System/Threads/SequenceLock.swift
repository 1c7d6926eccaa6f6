import Synchronization

/// One value that one thread writes and others read. The writer never waits, and a reader never
/// gets half of an old value with half of a new one.
///
/// The count is odd while a write is under way. A reader takes the count, copies the words, and
/// takes the count again: if both are equal and even, no write came between. The words are atomic,
/// so that a copy during a write is no data race; it is only thrown away.
package final class SequenceLock<Value: BitwiseCopyable & Sendable>: @unchecked Sendable {
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int
  private let count = Atomic<UInt64>(0)

  /// A write takes less than a microsecond. A reader that meets so many writes one after the other
  /// gives up, and its caller asks again later.
  package static var triesMax: Int { 1000 }

  package static var byteCount: Int { (MemoryLayout<Value>.size + 7) / 8 * 8 }

  package init(_ value: Value) {
    wordCount = (MemoryLayout<Value>.size + 7) / 8
    words = .allocate(capacity: wordCount)
    for index in 0..<wordCount { (words + index).initialize(to: Atomic(0)) }
    write(value)
  }

  deinit {
    words.deinitialize(count: wordCount)
    words.deallocate()
  }

  /// Hot: from the one thread that writes. Allocates nothing.
  package func write(_ value: Value) {
    let before = count.load(ordering: .relaxed)
    count.store(before &+ 1, ordering: .relaxed)
    // The odd count must be seen before any of the words.
    atomicMemoryFence(ordering: .releasing)
    withUnsafeBytes(of: value) { bytes in
      for index in 0..<wordCount {
        words[index].store(Self.word(index, of: bytes), ordering: .relaxed)
      }
    }
    count.store(before &+ 2, ordering: .releasing)
  }

  /// - Returns: nil when writes came between in each of `triesMax` tries.
  package func read() -> Value? {
    withUnsafeTemporaryAllocation(
      byteCount: wordCount * 8, alignment: max(8, MemoryLayout<Value>.alignment)
    ) { copy in
      for _ in 0..<Self.triesMax {
        let before = count.load(ordering: .acquiring)
        for index in 0..<wordCount {
          let word = words[index].load(ordering: .relaxed)
          copy.storeBytes(of: word, toByteOffset: index * 8, as: UInt64.self)
        }
        atomicMemoryFence(ordering: .acquiring)
        guard before & 1 == 0, count.load(ordering: .relaxed) == before else { continue }
        return copy.load(as: Value.self)
      }
      return nil
    }
  }

  /// The last word of a value is filled with zeros.
  private static func word(_ index: Int, of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let start = index * 8
    if start + 8 <= bytes.count {
      return bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    }
    var word: UInt64 = 0
    for (place, byte) in bytes[start...].enumerated() { word |= UInt64(byte) << UInt64(8 * place) }
    return word
  }
}
