import Testing

@testable import Config

/// Goal: what the values of each source can be is known in one place.
@Suite struct ValueSpanTests {
  @Test func `each source has its span`() {
    let time: Int64 = 60_000_000_000
    func derived(_ statistic: Statistic) -> ValueSource {
      .derived(sensor: "s", field: "x", statistic, overNanoseconds: time)
    }
    let spans: [(ValueSource, ValueSpan)] = [
      (.score(pipeline: "fall", label: "fall"), .share),
      (.score(pipeline: "hum", label: "anomaly"), .positive),
      (.field(sensor: "s", field: "x"), .any), (derived(.rate), .any), (derived(.mean), .any),
      (derived(.deviation), .positive), (derived(.span), .positive),
      (.share(.rate(sensor: "s"), overNanoseconds: time), .positive),
      (.share(.refused(sensor: "s"), overNanoseconds: time), .share),
      (.share(.late(pipeline: "p"), overNanoseconds: time), .share),
    ]
    for (source, span) in spans { #expect(source.span == span, "\(source)") }
    #expect(ValueSpan.share.range == 0...1)
    #expect(ValueSpan.positive.range.contains(.greatestFiniteMagnitude))
    #expect(!ValueSpan.positive.range.contains(-.leastNonzeroMagnitude))
    #expect(ValueSpan.any.range.contains(-.greatestFiniteMagnitude))
  }
}
