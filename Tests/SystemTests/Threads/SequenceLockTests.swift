import CPlatform
import Synchronization
import Testing

@testable import System

/// Goal: a reader gets a whole value, and the newest one that was written before it began.
/// Method: values whose parts must agree; one thread first, then two. Run it under the thread
/// sanitizer, too: `swift test --sanitize=thread --filter SequenceLock`.
@Suite struct SequenceLockTests {
  /// 26 bytes: the last word is not full.
  private struct Parts: BitwiseCopyable, Equatable, Sendable {
    var first: Int64
    var second: Int64
    var third: Int64
    var last: Int16

    init(_ number: Int64) {
      (first, second, third) = (number, ~number, number &* 3)
      last = Int16(truncatingIfNeeded: number)
    }
  }

  @Test func `gives back what was written last`() {
    let lock = SequenceLock(Parts(1))
    #expect(lock.read() == Parts(1))
    for number in [2, -1, .max] as [Int64] {
      lock.write(Parts(number))
      #expect(lock.read() == Parts(number))
    }
    #expect(SequenceLock<Parts>.byteCount == 32)
    #expect(SequenceLock(UInt8(7)).read() == 7)
  }

  @Test func `never gives half of a value while another thread writes`() {
    let lock = SequenceLock(Parts(0))
    let count: Int64 = 200_000
    let writer = Writer(lock: lock, count: count)
    #expect(Thread.start("writer") { writer.run() })
    var (torn, backwards, newest) = (0, 0, Int64(0))
    while !writer.isDone.load(ordering: .acquiring) {
      guard let value = lock.read() else { continue }
      if value != Parts(value.first) { torn += 1 }
      if value.first < newest { backwards += 1 }
      newest = value.first
    }
    #expect(torn == 0 && backwards == 0)
    #expect(lock.read() == Parts(count))
  }

  private final class Writer: Sendable {
    let lock: SequenceLock<Parts>
    let count: Int64
    let isDone = Atomic<Bool>(false)

    init(lock: SequenceLock<Parts>, count: Int64) { (self.lock, self.count) = (lock, count) }

    func run() {
      for number in 1...count { lock.write(Parts(number)) }
      isDone.store(true, ordering: .releasing)
    }
  }
}
