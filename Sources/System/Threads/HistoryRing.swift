import Synchronization

/// The newest entries that one thread writes, in a fixed memory, for any thread that wants a copy.
/// The writer never waits, and new entries take the place of the oldest; whoever copies too late
/// misses some and knows it.
///
///     words   … │ oldest entry │ … │ newest entry │ room …
///               ▲ oldest                          ▲ end
///
/// Both places count all words that were ever written. The writer moves `oldest` on before it
/// writes over an entry, and `end` after it has written one. A reader copies what is between the
/// two, and then drops what `oldest` has meanwhile passed: that may have been written over. The
/// words are atomic, so that such a copy is no data race (`SequenceLock`).
package final class HistoryRing: @unchecked Sendable {
  /// Of an entry, before its bytes: the stamp, and the number with the count of bytes.
  static let headWords = 2
  /// An entry's bytes are counted in 16 bits.
  package static let entryBytesMax = 0xFFFF
  /// An entry's number has the other 48 bits of that word.
  private static let numberMask: UInt64 = 1 << 48 - 1

  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int
  private let oldest = Atomic<UInt64>(0)
  private let end = Atomic<UInt64>(0)
  // The writer's own: where these two are among the words.
  private var oldestIndex = 0
  private var endIndex = 0

  package struct Entry: Equatable, Sendable {
    package let stamp: Int64
    /// As it was given, without what is above 48 bits.
    package let number: Int64
    package let bytes: [UInt8]
  }

  /// - Parameter byteCount: rounded up to whole words; at least 64.
  package init(byteCount: Int) {
    wordCount = max(8, (byteCount + 7) / 8)
    words = .allocate(capacity: wordCount)
    for index in 0..<wordCount { (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    words.deinitialize(count: wordCount)
    words.deallocate()
  }

  package var byteCount: Int { wordCount * 8 }

  /// What an entry of so many bytes takes.
  package static func bytes(ofEntry count: Int) -> Int { wordCount(count) * 8 }

  private static func wordCount(_ bytes: Int) -> Int { headWords + (bytes + 7) / 8 }

  /// Hot: from the one thread that writes.
  ///
  /// - Returns: false for an entry that is longer than the ring, which is left out.
  /// - Complexity: linear in the entry's bytes, and one step for each entry that makes room;
  ///   allocates nothing.
  @discardableResult
  package func put(
    stamp: Int64, number: Int64, _ bytes: UnsafeRawBufferPointer
  ) -> Bool {
    let needed = Self.wordCount(bytes.count)
    guard needed <= wordCount, bytes.count <= Self.entryBytesMax else { return false }
    let (first, last) = (oldest.load(ordering: .relaxed), end.load(ordering: .relaxed))
    var kept = first
    while Int(last &- kept) + needed > wordCount {
      let count = wordCountOfEntry(at: oldestIndex)
      kept &+= UInt64(count)
      oldestIndex = wrapped(oldestIndex + count)
    }
    if kept != first {
      oldest.store(kept, ordering: .relaxed)
      // The new place must be seen before any of the words that are written now.
      atomicMemoryFence(ordering: .releasing)
    }
    put(UInt64(bitPattern: stamp))
    put(UInt64(bitPattern: number) & Self.numberMask | UInt64(bytes.count) << 48)
    var offset = 0
    while offset < bytes.count {
      put(Self.word(bytes, offset))
      offset += 8
    }
    end.store(last &+ UInt64(needed), ordering: .releasing)
    return true
  }

  private func put(_ word: UInt64) {
    words[endIndex].store(word, ordering: .relaxed)
    endIndex = wrapped(endIndex + 1)
  }

  private func wrapped(_ index: Int) -> Int { index < wordCount ? index : index - wordCount }

  private func wordCountOfEntry(at index: Int) -> Int {
    let head = words[wrapped(index + 1)].load(ordering: .relaxed)
    return Self.wordCount(Int(head >> 48))
  }

  /// The last word of an entry is filled with zeros.
  private static func word(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt64 {
    if start + 8 <= bytes.count {
      return bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    }
    var word: UInt64 = 0
    for place in start..<bytes.count {
      word |= UInt64(bytes[place]) << UInt64(8 * (place - start))
    }
    return word
  }

  // MARK: any other thread

  /// The place behind the newest entry.
  package var position: UInt64 { end.load(ordering: .acquiring) }

  /// Hands over the entries behind a place, the oldest first, until the closure returns false.
  ///
  /// - Parameters:
  ///   - position: 0, or what the call before returned.
  ///   - passesHole: false hands over nothing where entries behind `position` were written over.
  /// - Returns: the place behind the last entry that was handed over, and whether entries behind
  ///   `position` were written over before.
  package func read(
    after position: UInt64, passesHole: Bool = true, _ take: (Entry) -> Bool
  ) -> (position: UInt64, hasMissed: Bool) {
    let last = end.load(ordering: .acquiring)
    let start = max(position, oldest.load(ordering: .relaxed))
    guard start < last else { return (max(position, last), position < start && position > 0) }
    var copy = [UInt64](repeating: 0, count: Int(min(last - start, UInt64(wordCount))))
    var index = Int(start % UInt64(wordCount))
    for place in copy.indices {
      copy[place] = words[index].load(ordering: .relaxed)
      index = wrapped(index + 1)
    }
    atomicMemoryFence(ordering: .acquiring)
    let whole = max(start, oldest.load(ordering: .relaxed))
    let hasMissed = position < whole && position > 0
    // Since then the writer may have gone round.
    guard whole < last, passesHole || !hasMissed else { return (last, hasMissed) }
    var next = whole
    while next < last {
      let place = Int(next - start)
      let count = Int(copy[place + 1] >> 48)
      let entry = Entry(
        stamp: Int64(bitPattern: copy[place]), number: Int64(copy[place + 1] & Self.numberMask),
        bytes: copy.span.bytes.withUnsafeBytes { bytes in
          Array(bytes[(place + Self.headWords) * 8..<(place + Self.headWords) * 8 + count])
        })
      next += UInt64(Self.wordCount(count))
      if !take(entry) { break }
    }
    return (next, hasMissed)
  }
}
