import Testing
import TestSupport

@testable import Text
@testable import edgeagent

/// Goal: a person sees at a glance what stands, since when, why, and what is quiet; nothing in an
/// answer can control the terminal.
@Suite struct AlertsTextTests {
  private static func value(_ text: String) throws -> JSONValue {
    try Array(text.utf8).withUnsafeBytes { try JSONValue.parse($0) }
  }

  @Test func `the list shows what stands and why, and counts the rest`() throws {
    let answer = try Self.value(
      #"""
      {"ok":true,"alerts":[
      {"alert":"fall","severity":"critical","source":"fall.fall","level":{"above":0.9,"clear_below":0.6},
      "state":"unacknowledged","episode":3,"since":"2026-03-01T12:34:56.789Z","seconds":303,"value":0.98,
      "votes":3,"votes_needed":2,"votes_of":3,"flags":[]},
      {"alert":"hot","severity":"warning","source":"sensor:boiler.t","level":{"outside":[5,80]},
      "override":{"by":"root","configured":{"outside":[0,90]}},"state":"normal","value":null,"votes":0,
      "votes_needed":1,"votes_of":1,"flags":["shelved"],"shelf_seconds":1200},
      {"alert":"pump","severity":"info","source":"p.q","state":"normal","value":0.1,"flags":[]}]}
      """#)
    #expect(
      AlertsText.list(answer) == """
        fall                 unacknowledged critical, episode 3, for 5m 3s, since 2026-03-01 12:34:56Z
            0.98 of fall.fall, above 0.9; 3 of 3 votes, 2 needed
        hot                  normal         warning
            sensor:boiler.t, outside 5…80
            shelved for 20m 0s
            its level was set by root; configured: outside 0…90
        1 alert is normal

        """)
    #expect(AlertsText.list(try Self.value(#"{"alerts":[]}"#)) == "there are no alerts\n")
  }

  @Test func `nothing in an answer controls the terminal`() throws {
    let answer = try Self.value(
      #"{"alerts":[{"alert":"a\u001b[2J","state":"latched","acknowledged_by":"x\ny","flags":[]}]}"#)
    let text = AlertsText.list(answer)
    #expect(text.contains("a?[2J") && text.contains("acknowledged by x?y"))
  }

  @Test func `times are those of people`() {
    for (seconds, text) in [
      (-1, "0s"), (59, "59s"), (60, "1m 0s"), (3599, "59m 59s"), (3600, "1h 0m"),
      (86_399, "23h 59m"), (90_000, "1d 1h"),
    ] as [(Int64, String)] {
      #expect(AlertsText.duration(seconds) == text)
    }
  }

  @Test func `each answer has its text`() throws {
    func text(
      _ action: AlertsCommand.Action, _ words: [String], _ answer: String
    ) throws -> String {
      let arguments = try Arguments(words, flags: action.flags, valued: action.valued)
      return AlertsText.text(
        action, try AlertsRequest(action, arguments), try Self.value(answer))
    }
    #expect(try text(.ack, ["fall"], #"{"episode":3}"#) == "fall: episode 3 is acknowledged\n")
    #expect(
      try text(
        .ack, ["all"],
        #"{"alerts":[{"alert":"a","episode":1},{"alert":"b","episode":2,"refused":"gone"}]}"#)
        == "a: episode 1 is acknowledged\nb: episode 2 gone\n")
    #expect(
      try text(.ack, ["fall"], #"{"episode":3,"warning":"not written down"}"#)
        == "fall: episode 3 is acknowledged\nwarning: not written down\n")
    #expect(
      try text(.set, ["a", "above", "0.85"], #"{"alerts":["a","b"]}"#)
        == "a, b: above 0.85, until unset\n")
    #expect(try text(.unset, ["a"], #"{"alerts":["a"]}"#) == "a: the configured level again\n")
    #expect(
      try text(
        .history, [],
        #"{"history":[{"time":"2026-03-01T12:34:56.789Z","alert":"fall","event":"raised","episode":3,"value":0.98}]}"#
      )
        == "2026-03-01 12:34:56Z  fall                 raised         fall/3, value 0.98\n")
    let stats = try text(
      .stats, [],
      #"{"seconds":86400,"episodes":4,"floods":1,"flood_seconds":560,"alerts":[{"alert":"fall","episodes":3,"per_day":3.0,"share":0.75,"chatters":1,"longest_seconds":100,"stale":true,"ack_p50_s":20.0,"ack_p90_s":null}]}"#
    )
    #expect(stats.hasPrefix("in 1d 0h: 4 episodes, 1 flood of 9m 20s in all\n"))
    #expect(stats.contains("75 %") && stats.contains("20s") && stats.contains("more than a day"))
    #expect(
      StatusCommand.text(
        try Self.value(
          #"{"agent":"ward-7","version":"1","alerts":3,"standing":1,"unacknowledged":1,"you":{"user":"anna","may":"operate"}}"#
        )
      )
      .hasSuffix("you are anna and may operate\n"))
  }
}
