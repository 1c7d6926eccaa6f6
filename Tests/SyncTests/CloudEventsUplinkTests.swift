import Testing

@testable import Sync

/// Goal: what stands in a header field is what the standard's HTTP binding says.
/// Method: values at the edges of what a field takes. What a receiver makes of whole events, the
/// tests with real servers say.
@Suite struct CloudEventsUplinkTests {
  @Test(
    arguments: [
      ("fall", "fall"), ("/edgeagent/ward-7_bed.3", "/edgeagent/ward-7_bed.3"),
      ("2026-11-28T14:02:11.384Z", "2026-11-28T14:02:11.384Z"), ("a b", "a%20b"),
      ("100%", "100%25"), ("\"", "%22"), ("!~", "!~"), ("\u{7f}", "%7F"),
      ("é€", "%C3%A9%E2%82%AC"), ("a\r\nHost: b", "a%0D%0AHost:%20b"), ("", ""),
    ])
  func `an attribute in a header field`(value: String, field: String) {
    #expect(CloudEventsUplink.field(value).lowercased() == field.lowercased())
  }
}
