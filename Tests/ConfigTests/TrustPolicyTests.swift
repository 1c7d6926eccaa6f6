import TestSupport
import Testing

@testable import Config
@testable import Text

/// Goal: `trust` is one setting, wherever it is written. Method: both tables, with every value.
@Suite struct TrustPolicyTests {
  private func parse(agent: String?, sync: String?) throws(ConfigurationError) -> TrustPolicy {
    var text = "[agent]\nid = \"a\"\n"
    if let agent { text += "trust = \"\(agent)\"\n" }
    text += "[sync]\nregistry = \"dir:/stick\"\n"
    if let sync { text += "trust = \"\(sync)\"\n" }
    return try Configuration.parse([
      ConfigurationSource(file: "/etc/edge/edgeagent.toml", bytes: Array(text.utf8))
    ]).trust
  }

  @Test(
    arguments: [
      (nil, nil, .unwritten), ("keys", nil, .keys(folder: "/etc/edge/keys")),
      (nil, "/k", .keys(folder: "/k")), ("/k", "/k", .keys(folder: "/k")),
      ("none", nil, .none), (nil, "none", .none), ("none", "none", .none),
      ("./none", nil, .keys(folder: "/etc/edge/./none")),
    ] as [(String?, String?, TrustPolicy.Choice)])
  func `is read in both tables`(agent: String?, sync: String?, choice: TrustPolicy.Choice) throws {
    #expect(try parse(agent: agent, sync: sync).choice == choice)
  }

  @Test(arguments: [("/a", "/b"), ("none", "/b"), ("/a", "none")])
  func `says one thing`(agent: String, sync: String) {
    do throws(ConfigurationError) {
      _ = try parse(agent: agent, sync: sync)
      Issue.record("two settings")
    } catch {
      #expect(
        error.messages == [
          "/etc/edge/edgeagent.toml:6:9: trust in [sync] is not what it is at "
            + "/etc/edge/edgeagent.toml:3:9; it is one setting: write it once"
        ])
    }
  }

  @Test func `an empty path is none`() {
    #expect(throws: ConfigurationError.self) { try parse(agent: "", sync: nil) }
  }

  @Test func `the default folder is where nothing is written`() throws {
    #expect(try parse(agent: nil, sync: nil).folder == "/etc/edgeagent/trust.d")
    #expect(try parse(agent: "none", sync: nil).folder == nil)
  }
}
