import CPlatform
import Synchronization
import Testing

@testable import System

/// Goal: every element that goes in comes out once and in order, and a full ring refuses.
/// Method: one thread with every count of elements, then two real threads. Run it under the thread
/// sanitizer, too: `swift test --sanitize=thread --filter Ring`.
@Suite struct RingTests {
  @Test(arguments: [1, 2, 8]) func `takes as many as it has room for`(capacity: Int) {
    let ring = Ring<Int>(capacity: capacity)
    #expect(ring.take() == nil)
    for round in 0..<5 {
      for index in 0..<capacity { #expect(ring.put(10 * round + index)) }
      #expect(!ring.put(-1), "one more than it holds")
      for index in 0..<capacity { #expect(ring.take() == 10 * round + index) }
      #expect(ring.take() == nil)
    }
  }

  @Test func `a slot is free as soon as its element was taken`() {
    let ring = Ring<Int>(capacity: 2)
    #expect(ring.put(1) && ring.put(2) && !ring.put(3))
    #expect(ring.take() == 1)
    #expect(ring.put(3) && !ring.put(4))
    #expect(ring.take() == 2 && ring.take() == 3 && ring.take() == nil)
  }

  @Test func `lets go of what it holds, once`() {
    final class Counted: Sendable {
      let count: Atomic<Int>
      let owner: Probe
      init(_ owner: Probe) {
        count = Atomic(0)
        self.owner = owner
      }
      deinit { owner.freed.add(1, ordering: .relaxed) }
    }
    final class Probe: Sendable { let freed = Atomic<Int>(0) }
    let probe = Probe()
    var ring: Ring<Counted>? = Ring(capacity: 4)
    for _ in 0..<3 { #expect(ring!.put(Counted(probe))) }
    #expect(ring!.take() != nil)
    #expect(probe.freed.load(ordering: .relaxed) == 1)
    ring = nil
    #expect(ring == nil && probe.freed.load(ordering: .relaxed) == 3)
  }

  @Test func `a million elements cross from thread to thread in order`() {
    // Sixteen bytes: the two halves of a torn element would differ.
    let count: Int64 = 1_000_000
    let ring = Ring<(Int64, Int64)>(capacity: 1024)
    #expect(
      Thread.start("sender") {
        for value in 0..<count { while !ring.put((value, ~value)) { sched_yield() } }
      })
    var wrong = 0
    for expected in 0..<count {
      while true {
        guard let (value, mirror) = ring.take() else {
          sched_yield()
          continue
        }
        if value != expected || mirror != ~value { wrong += 1 }
        break
      }
    }
    #expect(wrong == 0)
    #expect(ring.take() == nil)
  }

  @Test func `references cross whole and none is lost`() {
    final class Box: Sendable {
      let value: Int
      init(_ value: Int) { self.value = value }
    }
    let ring = Ring<Box>(capacity: 64)
    #expect(
      Thread.start("sender") {
        for value in 0..<100_000 {
          let box = Box(value)
          while !ring.put(box) { sched_yield() }
        }
      })
    var next = 0
    while next < 100_000 {
      guard let box = ring.take() else {
        sched_yield()
        continue
      }
      guard box.value == next else { break }
      next += 1
    }
    #expect(next == 100_000)
  }
}
