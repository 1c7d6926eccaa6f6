import CPlatform
import Config
import System
import Text

/// What a peer may do; each level holds those before it.
enum PeerLevel: Int, Comparable, Sendable {
  case none
  /// See.
  case read
  /// Acknowledge, confirm, reset, shelve, pause, drill.
  case operate
  /// Take out of service, change levels.
  case manage

  static func < (a: PeerLevel, b: PeerLevel) -> Bool { a.rawValue < b.rawValue }

  var word: String {
    switch self {
    case .none: "none"
    case .read: "read"
    case .operate: "operate"
    case .manage: "manage"
    }
  }
}

/// One peer, as the kernel and the board's files know it.
struct PeerIdentity: Equatable, Sendable {
  let user: UInt32
  let userName: String
  let process: Int32
  let program: String
  let level: PeerLevel
}

/// Who may do what, from `[control]`.
struct PeerPolicy {
  private let settings: ControlSettings
  private let agentUser: UInt32
  private let agentGroup: UInt32

  init(_ settings: ControlSettings, agentUser: UInt32 = geteuid(), agentGroup: UInt32 = getegid()) {
    (self.settings, self.agentUser, self.agentGroup) = (settings, agentUser, agentGroup)
  }

  /// The groups of a peer are those that the kernel tells and those that `/etc/group` tells: a
  /// person who was put into a group need not log in again.
  func identify(_ peer: PeerCredentials, _ accounts: Accounts, program: String) -> PeerIdentity {
    let (name, groups) = (accounts.userName(peer.user), Self.groups(of: peer, accounts))
    return PeerIdentity(
      user: peer.user, userName: name ?? "\(peer.user)", process: peer.process, program: program,
      level: level(peer.user, name, groups, accounts))
  }

  private func level(
    _ user: UInt32, _ name: String?, _ groups: [UInt32], _ accounts: Accounts
  ) -> PeerLevel {
    func isAmong(_ names: [PeerName]) -> Bool {
      names.contains { Self.means($0, user, name, groups, accounts) }
    }
    let isOwn = user == 0 || user == agentUser
    // Root can become any user: a list cannot keep it out.
    if user == 0 || settings.managers.map(isAmong) ?? isOwn { return .manage }
    if settings.operators.map(isAmong) ?? (isOwn || groups.contains(agentGroup)) { return .operate }
    if settings.readers.map(isAmong) ?? true { return .read }
    return .none
  }

  /// Whether one of the names means the peer, or the peer is root: it can become any user, so no
  /// list can keep it out.
  static func admits(
    _ peer: PeerCredentials, among names: [PeerName], _ accounts: Accounts
  ) -> Bool {
    let (name, groups) = (accounts.userName(peer.user), groups(of: peer, accounts))
    return peer.user == 0 || names.contains { means($0, peer.user, name, groups, accounts) }
  }

  private static func groups(of peer: PeerCredentials, _ accounts: Accounts) -> [UInt32] {
    var groups = [peer.group] + peer.groups
    if let primary = accounts.primaryGroup(of: peer.user) { groups.append(primary) }
    if let name = accounts.userName(peer.user) { groups += accounts.groups(ofMember: name) }
    return groups
  }

  private static func means(
    _ wanted: PeerName, _ user: UInt32, _ name: String?, _ groups: [UInt32], _ accounts: Accounts
  ) -> Bool {
    switch wanted {
    case .everybody: return true
    case .user(let text):
      if let number = number(text) { return number == user }
      return name.map { $0.utf8.elementsEqual(text.utf8) } ?? false
    case .group(let text):
      guard let number = number(text) ?? accounts.groupNumber(text) else { return false }
      return groups.contains(number)
    }
  }

  private static func number(_ text: String) -> UInt32? {
    text.utf8.allSatisfy { Digits.isDecimal($0) } ? UInt32(text) : nil
  }
}
