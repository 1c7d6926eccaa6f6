import Testing

@testable import edgeagent

/// Goal: percentiles are ranks of what was measured, not interpolations.
@Suite struct LatencyHistogramTests {
  @Test func `takes the value at the rank`() {
    var histogram = LatencyHistogram(capacity: 100)
    #expect(histogram.percentile(0.5) == 0)
    for value in (1...100).reversed() { histogram.record(Int64(value) * 1000) }
    #expect(histogram.count == 100)
    #expect(histogram.percentile(0.5) == 50)
    #expect(histogram.percentile(0.99) == 99)
    #expect(histogram.worst() == 100)
    #expect(histogram.percentile(0) == 1)
    histogram.record(1_000_000)
    #expect(histogram.worst() == 1000)
  }
}
