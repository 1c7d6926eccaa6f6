import Testing

@testable import Core

/// Goal: a user who connects all the time is closed, and no other.
@Suite struct ConnectionsOfUsersTests {
  private static let second: Int64 = 1_000_000_000

  @Test func `each user has so many connections a second`() {
    var meter = ConnectionsOfUsers()
    func admits(_ user: UInt32, at now: Int64) -> Bool { meter.admits(user, at: now) }
    for _ in 0..<ControlLimits.acceptsPerSecond { #expect(admits(65_534, at: 5)) }
    for _ in 0..<1_000 { #expect(!admits(65_534, at: 6)) }
    #expect(admits(0, at: 6) && admits(1_000, at: 6))
    #expect(!admits(65_534, at: 4 + Self.second))
    #expect(admits(65_534, at: 5 + Self.second))
  }

  @Test func `what was closed is told now and then`() {
    var meter = ConnectionsOfUsers()
    func admits(_ user: UInt32, at now: Int64) -> Bool { meter.admits(user, at: now) }
    func takeNews(at now: Int64) -> ConnectionsOfUsers.Closed? { meter.takeNews(at: now) }
    #expect(takeNews(at: 0) == nil)
    for _ in 0..<20 { _ = admits(7, at: 0) }
    #expect(takeNews(at: 0) == ConnectionsOfUsers.Closed(user: 7, count: 4))
    _ = admits(7, at: 1)
    #expect(takeNews(at: 9 * Self.second) == nil)
    #expect(takeNews(at: 10 * Self.second) == ConnectionsOfUsers.Closed(user: 7, count: 1))
  }

  @Test func `many users take no room without end`() {
    var meter = ConnectionsOfUsers()
    func admits(_ user: UInt32, at now: Int64) -> Bool { meter.admits(user, at: now) }
    for user in 0..<1_000 as Range<UInt32> { #expect(admits(user, at: Int64(user))) }
  }

  @Test func `root and the agent's user get in where everybody else has filled it`() {
    let others: [UInt32] = [1, 1, 1, 1, 2, 2, 2, 2]
    #expect(!ControlThread.hasPlace(3, among: others, own: 9))
    #expect(ControlThread.hasPlace(0, among: others, own: 9))
    #expect(ControlThread.hasPlace(9, among: others + [0], own: 9))
    #expect(!ControlThread.hasPlace(9, among: others + [0, 0], own: 9))
    #expect(!ControlThread.hasPlace(3, among: others.dropLast() + [0], own: 9))
    #expect(!ControlThread.hasPlace(0, among: [0, 0, 0, 0], own: 9))
  }
}
