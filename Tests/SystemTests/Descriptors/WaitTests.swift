import CPlatform
import TestSupport
import Testing

@testable import System

/// Goal: a wait ends when one of its descriptors is ready or the time is over, and says which.
/// Method: socket pairs on both sides of every answer.
@Suite struct WaitTests {
  @Test func `the time is over and nothing is ready`() throws {
    let (ours, theirs) = try socketPair()
    var wait = Wait()
    let place = wait.add(ours.raw)
    let start = Clock.boot()
    #expect(try !wait.run(nanoseconds: 20_000_000))
    #expect(Clock.boot() - start >= 20_000_000)
    #expect(!wait.isReady(place))
    withExtendedLifetime(theirs) {}
  }

  @Test func `says which of four is ready`() throws {
    let pairs = try (0..<Wait.descriptorsMax).map { _ in try socketPair() }
    for ready in pairs.indices {
      try pairs[ready].1.send("x")
      var wait = Wait()
      let places = pairs.map { wait.add($0.0.raw) }
      #expect(try wait.run(nanoseconds: 2_000_000_000))
      #expect(places.map { wait.isReady($0) } == pairs.indices.map { $0 == ready })
      _ = try pairs[ready].0.receiveOnce()
    }
  }

  @Test func `below zero is never ready, and the past is no wait`() throws {
    var wait = Wait()
    let nothing = wait.add(-1)
    #expect(try !wait.run(nanoseconds: -5))
    #expect(!wait.isReady(nothing))
  }

  @Test func `room to write and a lost peer are ready`() throws {
    let (ours, theirs) = try socketPair()
    #expect(Wait.isReady(ours.raw, for: .writable, milliseconds: 0))
    #expect(!Wait.isReady(ours.raw, milliseconds: 0))
    _ = consume theirs
    #expect(Wait.isReady(ours.raw, milliseconds: 2000), "the next read says that it has gone")
  }
}
