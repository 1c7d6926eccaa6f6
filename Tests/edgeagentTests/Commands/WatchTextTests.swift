import Testing

@testable import Text
@testable import edgeagent

/// Goal: `watch` tells why a sensor is stale, and tells no age of a sensor that is well.
/// Method: what the core says of a sensor, and a second before.
@Suite struct WatchTextTests {
  /// What the core says, with these members before the others.
  private static func answer(_ members: String) throws -> JSONValue {
    let text = #"{\#(members),"sensor":"boiler"}"#
    return try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
  }

  private static let before =
    #""state":"stale","samples":5,"frames":5,"bad_frames":2,"over_rate":1,"age_seconds":7.5"#

  @Test(arguments: [
    (before, nil),
    (
      before.replacing(#""samples":5,"frames":5"#, with: #""samples":9,"frames":9"#),
      "samples come without a value that alerts need"
    ),
    (
      before.replacing(#""bad_frames":2"#, with: #""bad_frames":4"#),
      "frames come, and none is a sample"
    ),
    (
      before.replacing(#""frames":5"#, with: #""frames":6"#),
      "frames come, and none is a sample"
    ),
    (
      before.replacing(#""over_rate":1"#, with: #""over_rate":3"#),
      "frames come, faster than the rate allows"
    ),
    (#""state":"stale","samples":0,"frames":0,"bad_frames":0"#, "nothing came"),
    (before.replacing("stale", with: "connected").replacing(#":5"#, with: ":6"), nil),
  ])
  func `a stale sensor has its reason`(members: String, reason: String?) throws {
    let (answer, before) = (try Self.answer(members), try Self.answer(Self.before))
    let rows = WatchText.rows(answer, after: before)
    #expect(rows.contains("  \(reason ?? "")") == (reason != nil))
    #expect(rows.count == (reason == nil ? 2 : 3))
    #expect(reason.map { WatchText.line(answer, after: before).contains("  \($0)  ") } ?? true)
  }

  @Test func `only an old sample has an age`() throws {
    let old = try Self.answer(Self.before)
    #expect(WatchText.rows(old).first == "sensor boiler: stale, the last sample 7.5 s ago")
    let young = try Self.answer(#""state":"connected","samples":5,"age_seconds":1.9"#)
    #expect(WatchText.rows(young).first == "sensor boiler: connected")
  }
}
