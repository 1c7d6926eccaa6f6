import System
import Testing
import TestSupport

@testable import Config
@testable import Core

/// Goal: exactly those may act whom the configuration names, and names come from the board's own
/// files.
/// Method: a small /etc/passwd and /etc/group, with lines that are none.
@Suite struct PeerPolicyTests {
  private static let accounts = Accounts(
    users: Array(
      """
      root:x:0:0:root:/root:/bin/sh
      edgeagent:x:900:901::/:/usr/sbin/nologin
      broken line
      anna:x:1000:1000:Anna,,,:/home/anna:/bin/sh
      anna2:x:1000:1001::/:/bin/sh
      bob:x:1001:1001::/home/bob:/bin/sh
      evil:x:-1:0::/:/bin/sh
      1000:x:1500:1500::/:/bin/sh
      """.utf8),
    groups: Array(
      """
      root:x:0:
      edgeagent:x:901:bob
      nurses:x:2000:anna,carl
      short:x
      empty:x:2001:
      """.utf8))

  private static func level(
    _ user: UInt32, groups: [UInt32] = [], _ change: (inout ControlSettings) -> Void = { _ in }
  ) -> PeerLevel {
    var settings = ControlSettings(place: Make.place, socketPlace: Make.place)
    change(&settings)
    let policy = PeerPolicy(settings, agentUser: 900, agentGroup: 901)
    let peer = PeerCredentials(process: 1, user: user, group: user, groups: groups)
    return policy.identify(peer, accounts, program: "sh").level
  }

  @Test func `without lists root and the agent's user manage, its group operates, all read`() {
    #expect(Self.level(0) == .manage && Self.level(900) == .manage)
    #expect(Self.level(1001) == .operate, "bob is a member of the agent's group")
    #expect(Self.level(1000) == .read && Self.level(4242) == .read)
    #expect(Self.level(4242, groups: [901]) == .operate, "as the kernel says")
  }

  @Test(arguments: [
    (UInt32(1000), [PeerName.user("anna")], true), (1000, [.user("1000")], true),
    (1000, [.group("nurses")], true), (1000, [.user("bob"), .group("edgeagent")], false),
    (1001, [.group("901")], true), (4242, [.everybody], true), (1001, [], false),
    (0, [], true),
  ])
  func `a sensor's list admits those it names, and root`(
    user: UInt32, names: [PeerName], isAdmitted: Bool
  ) {
    let peer = PeerCredentials(process: 1, user: user, group: user, groups: [])
    #expect(PeerPolicy.admits(peer, among: names, Self.accounts) == isAdmitted)
  }

  @Test func `lists name users and groups, by name and by number`() {
    #expect(Self.level(1000) { $0.operators = [.user("anna")] } == .operate)
    #expect(Self.level(1000) { $0.operators = [.user("1000")] } == .operate)
    #expect(Self.level(1500) { $0.operators = [.user("1000")] } == .read, "a number is a number")
    #expect(Self.level(1000) { $0.managers = [.group("nurses")] } == .manage)
    #expect(Self.level(1001) { $0.managers = [.group("2000")] } == .operate)
    #expect(Self.level(4242, groups: [2000]) { $0.managers = [.group("2000")] } == .manage)
    #expect(Self.level(4242) { $0.managers = [.everybody] } == .manage)
    #expect(Self.level(1000) { $0.operators = [.group("no such group")] } == .read)
    #expect(Self.level(1000) { $0.operators = [.user("bob")] } == .read)
  }

  @Test func `a list replaces the default, and root stays`() {
    func strict(_ settings: inout ControlSettings) {
      (settings.readers, settings.operators, settings.managers) = ([.user("anna")], [], [])
    }
    #expect(Self.level(0, strict) == .manage)
    #expect(Self.level(900, strict) == .none && Self.level(1001, strict) == .none)
    #expect(Self.level(1000, strict) == .read)
  }

  @Test func `names and groups are those of the files' first lines`() {
    let accounts = Self.accounts
    #expect(accounts.userName(1000) == "anna" && accounts.userName(4242) == nil)
    #expect(accounts.primaryGroup(of: 900) == 901 && accounts.primaryGroup(of: 4242) == nil)
    #expect(accounts.groupNumber("nurses") == 2000 && accounts.groupNumber("short") == nil)
    #expect(accounts.groups(ofMember: "anna") == [2000] && accounts.groups(ofMember: "an") == [])
    let none = Accounts.read("/nonexistent", "/nonexistent")
    #expect(none.userName(0) == nil && none.groupNumber("root") == nil)
  }

  @Test func `an unknown user is known by its number`() {
    let settings = ControlSettings(place: Make.place, socketPlace: Make.place)
    let peer = PeerCredentials(process: 5, user: 4242, group: 7)
    let identity = PeerPolicy(settings, agentUser: 900, agentGroup: 901)
      .identify(peer, Self.accounts, program: "nc")
    #expect(identity.userName == "4242" && identity.process == 5 && identity.program == "nc")
  }
}
