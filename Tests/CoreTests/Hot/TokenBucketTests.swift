import Testing

@testable import Core

/// Goal: a bucket gives its reserve, then its pace, and no clock breaks it. Method: the clock is
/// the test's.
@Suite struct TokenBucketTests {
  private static let second: Int64 = 1_000_000_000

  private func taken(_ bucket: inout TokenBucket, at now: Int64) -> Int {
    var count = 0
    while bucket.take(at: now) { count += 1 }
    return count
  }

  @Test func `gives its reserve, and then its pace`() {
    var bucket = TokenBucket(perSecond: 4, capacity: 10, at: 0)
    #expect(taken(&bucket, at: 0) == 10)
    #expect(taken(&bucket, at: Self.second / 8) == 0)
    #expect(taken(&bucket, at: Self.second) == 4)
    #expect(taken(&bucket, at: 1000 * Self.second) == 10, "never more than its capacity")
  }

  @Test func `says how long to wait`() {
    var bucket = TokenBucket(perSecond: 0.5, capacity: 1, at: 0)
    func wait(at now: Int64) -> Int64 { bucket.wait(for: 1, at: now) }
    #expect(wait(at: 0) == 0)
    bucket.charge(1, at: 0)
    #expect(wait(at: 0) == 2 * Self.second)
    #expect(wait(at: Self.second) == Self.second)
    #expect(wait(at: 2 * Self.second) == 0)
    bucket.charge(1e300, at: 2 * Self.second)
    #expect(wait(at: 2 * Self.second) == .max)
  }

  @Test func `a model changes its version three times at once, and twelve times an hour`() {
    var bucket = PipelineLimits.modelChanges(at: 0)
    var changes: [Int64] = []
    for second in 0..<Int64(10 * 3600) where bucket.take(at: second * Self.second) {
      changes.append(second)
    }
    #expect(changes.count == 3 + 10 * 12 - 1 && Array(changes.prefix(3)) == [0, 1, 2])
    for (one, next) in zip(changes.dropFirst(3), changes.dropFirst(4)) {
      #expect((299...301).contains(next - one))
    }
  }

  @Test func `a time that goes back, and the last one, do no harm`() {
    var bucket = TokenBucket(perSecond: 1, capacity: 2, at: 5 * Self.second)
    #expect(taken(&bucket, at: 0) == 2)
    #expect(taken(&bucket, at: 6 * Self.second) == 1)
    #expect(taken(&bucket, at: .max) == 2)
  }
}
