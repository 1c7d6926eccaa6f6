import System
import Text

/// Names of users and groups, read from the two files themselves: the executable is static and
/// cannot load the C library's modules for other directories. A user that is not in the file is
/// known by its number.
struct Accounts {
  /// `/etc/passwd` and `/etc/group`.
  private let users: [UInt8]
  private let groups: [UInt8]

  init(users: [UInt8], groups: [UInt8]) { (self.users, self.groups) = (users, groups) }

  /// The board's own.
  static func read(
    _ users: String = "/etc/passwd", _ groups: String = "/etc/group"
  ) -> Accounts {
    let bytesMax = ControlLimits.accountBytesMax
    return Accounts(
      users: (try? Files.read(users, bytesMax: bytesMax)) ?? [],
      groups: (try? Files.read(groups, bytesMax: bytesMax)) ?? [])
  }

  /// The first line counts, as for the C library.
  func userName(_ number: UInt32) -> String? {
    first(in: users) { fields in
      fields.count >= 3 && Self.number(fields[2]) == number ? Self.text(fields[0]) : nil
    }
  }

  /// The group that the user's line names.
  func primaryGroup(of number: UInt32) -> UInt32? {
    first(in: users) { fields in
      fields.count >= 4 && Self.number(fields[2]) == number ? Self.number(fields[3]) : nil
    }
  }

  func groupNumber(_ name: String) -> UInt32? {
    first(in: groups) { fields in
      fields.count >= 3 && fields[0].elementsEqual(name.utf8) ? Self.number(fields[2]) : nil
    }
  }

  /// The groups that name this user as a member.
  func groups(ofMember name: String) -> [UInt32] {
    var found: [UInt32] = []
    for line in groups.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 4, let number = Self.number(fields[2]) else { continue }
      let members = fields[3].split(separator: UInt8(ascii: ","))
      if members.contains(where: { $0.elementsEqual(name.utf8) }) { found.append(number) }
    }
    return found
  }

  private func first<Found>(
    in file: [UInt8], _ look: ([ArraySlice<UInt8>]) -> Found?
  ) -> Found? {
    for line in file.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      if let found = look(fields) { return found }
    }
    return nil
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32? {
    guard !bytes.isEmpty, bytes.allSatisfy({ Digits.isDecimal($0) }) else { return nil }
    return UInt32(text(bytes))
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
