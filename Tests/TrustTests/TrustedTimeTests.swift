import Config
import CPlatform
import TestSupport
import Testing

@testable import System
@testable import Text
@testable import Trust

/// Goal: the floor is never later than what two witnesses bear or the passing time explains, and no
/// number in the file or from a server can end the process.
/// Method: a clock, a boot and servers that say what the test wants, and files of every kind.
@Suite struct TrustedTimeTests {
  private typealias Moment = TrustedTime.Moment

  private let folder = TestFolder()
  private var path: String { folder.path + "/trusted-time" }
  private let release = Clock.releaseSeconds
  private let day: Int64 = 86_400
  private let year2035: Int64 = 2_051_222_400

  private func at(_ seconds: Int64, boot: String = "boot-1") -> Moment {
    Moment(boot: boot, seconds: seconds)
  }

  @Test func `begins at the release`() {
    let time = TrustedTime(path: path)
    #expect(time.now(clock: 0) == release && time.keptFloorSeconds == release)
    #expect(time.now(clock: release + 5) == release + 5)
    #expect(time.borne(clock: 0) == nil)
  }

  @Test func `one server that lies moves nothing, and is told`() throws {
    var time = TrustedTime(path: path)
    let outcome = try time.tell(year2035, by: "a", clock: 0, at: at(10))
    #expect(outcome == .doubted(aheadSeconds: year2035 - release))
    #expect(time.floorSeconds(at: at(10)) == release)
    #expect(TrustedTime(path: path).now(clock: 0, at: at(10)) == release)
  }

  @Test func `a server and the clock bear the earlier of their times`() throws {
    var time = TrustedTime(path: path)
    let now = release + 100 * day
    #expect(try time.tell(now + 3, by: "a", clock: now, at: at(10)) == .believed)
    #expect(time.floorSeconds(at: at(10)) == now)
    // The lie comes later, and the clock does not bear it.
    let outcome = try time.tell(year2035, by: "a", clock: now + 60, at: at(70))
    #expect(outcome == .doubted(aheadSeconds: year2035 - now - 120))
    #expect(time.floorSeconds(at: at(70)) == now + 120)
  }

  @Test func `two servers bear it on a board without a clock, and two words of one do not`() throws
  {
    var time = TrustedTime(path: path)
    let now = release + 100 * day
    for _ in 0..<3 { try time.tell(now, by: "a", clock: 0, at: at(10)) }
    #expect(time.floorSeconds(at: at(10)) == release)
    #expect(try time.tell(now + 5, by: "b", clock: 0, at: at(15)) == .believed)
    #expect(time.floorSeconds(at: at(15)) == now + 5)
    #expect(TrustedTime(path: path).floorSeconds(at: at(15)) == now + 5)
    #expect(TrustedTime(path: path).tellings.map { $0.witness } == ["a", "b"])
  }

  @Test func `one server alone moves the floor two hours in an hour at most`() throws {
    var time = TrustedTime(path: path)
    try time.tell(year2035, by: "a", clock: 0, at: at(0))
    for hour in 1...240 {
      try time.tell(year2035 + Int64(hour) * 3600, by: "a", clock: 0, at: at(Int64(hour) * 3600))
    }
    #expect(time.floorSeconds(at: at(10 * day)) == release + 20 * day)
    // Restarts of the process and of the board give nothing away.
    time = TrustedTime(path: path)
    try time.tell(year2035, by: "a", clock: 0, at: at(10 * day))
    #expect(time.floorSeconds(at: at(10 * day)) == release + 20 * day)
    try time.tell(year2035, by: "a", clock: 0, at: at(3600, boot: "boot-2"))
    #expect(time.floorSeconds(at: at(3600, boot: "boot-2")) == release + 20 * day + 7200)
  }

  @Test func `the floor goes on with the time of a boot, and never back`() throws {
    var time = TrustedTime(path: path)
    let now = release + 100 * day
    try time.tell(now, by: "a", clock: now, at: at(100))
    #expect(time.floorSeconds(at: at(100 + day)) == now + day)
    #expect(time.floorSeconds(at: at(50)) == now)
    #expect(time.floorSeconds(at: at(0, boot: "boot-2")) == now)
    #expect(time.floorSeconds(at: at(9, boot: "")) == now)
    try time.tell(release, by: "a", clock: release, at: at(200))
    #expect(time.floorSeconds(at: at(200)) == now + 100)
  }

  @Test func `a floor that two witnesses say is too late is told, and reset puts it back`() throws {
    var time = TrustedTime(path: path)
    try time.tell(year2035, by: "a", clock: year2035, at: at(10))
    #expect(time.floorSeconds(at: at(10)) == year2035)
    let now = release + day
    let outcome = try time.tell(now, by: "a", clock: now, at: at(20))
    #expect(outcome == .contradicted(behindSeconds: year2035 + 10 - now))
    #expect(time.floorSeconds(at: at(20)) == year2035 + 10)
    var person = TrustedTime(path: path)
    try person.reset()
    #expect(TrustedTime(path: path).keptFloorSeconds == release)
    // A running sync process takes the reset, and does not write the old floor again.
    #expect(try time.tell(now, by: "a", clock: now, at: at(30)) == .believed)
    #expect(time.floorSeconds(at: at(30)) == now)
    #expect(TrustedTime(path: path).keptFloorSeconds == now)
  }

  @Test func `an older agent's floor needs a witness`() throws {
    try folder.file("trusted-time", Array("2035-01-01T00:00:00.000Z\n".utf8))
    var time = TrustedTime(path: path)
    #expect(time.now(clock: 0) == release)
    #expect(time.tellings.map { $0.witness } == [TrustedTime.unwitnessed])
    let now = release + 30 * day
    try time.tell(now, by: "a", clock: 0, at: at(10))
    #expect(time.floorSeconds(at: at(10)) == now)
    // It is right where a server says so.
    try folder.file("trusted-time", Array("2027-01-01T00:00:00.000Z\n".utf8))
    time = TrustedTime(path: path)
    try time.tell(1_798_761_700, by: "a", clock: 0, at: at(10))
    #expect(time.floorSeconds(at: at(10)) == 1_798_761_600)
  }

  @Test func `no floor is behind the horizon`() throws {
    let text = "2090-01-01T00:00:00.000Z\nanchor boot-1 5\n"
    try folder.file("trusted-time", Array(text.utf8))
    var time = TrustedTime(path: path)
    #expect(time.floorSeconds(at: at(10)) == release)
    let far = Clock.horizonSeconds + 10 * day
    try time.tell(far, by: "a", clock: far, at: at(10))
    try time.tell(far, by: "b", clock: far, at: at(10))
    #expect(time.floorSeconds(at: at(10 * day)) == Clock.horizonSeconds)
  }

  @Test func `a server's own word counts for its certificate alone`() throws {
    var time = TrustedTime(path: path)
    let now = release + 100 * day
    try time.tell(now, by: "a", clock: 0, at: at(10))
    #expect(time.seconds(for: "a", at: at(20)) == now + 10)
    #expect(time.seconds(for: "b", at: at(20)) == release + 10)
    try time.forget("a")
    #expect(time.seconds(for: "a", at: at(20)) == release + 10)
  }

  @Test(arguments: [
    "", "\n", "x\ny\nz\n", "9999-12-31T23:59:59Z\n", "9999-12-31T23:59:59Z\nanchor - 1\n",
    "0000-01-01T00:00:00Z\nanchor b 0\n",
    "2027-01-01T00:00:00Z\nanchor boot-1 999999999999999999\n",
    "2027-01-01T00:00:00Z\nanchor boot-1 9999999999999999999999\n",
    "2027-01-01T00:00:00Z\nanchor boot-1 -5\ntold a 9999-12-31T23:59:59Z boot-1 0\n",
    "2027-01-01T00:00:00Z\nanchor boot-1 5\ntold a 0000-01-01T00:00:00Z boot-1 "
      + "999999999999999999\ntold b 2030-13-99T99:99:99Z boot-1 1\ntold\ntold a b c d e f\n",
  ])
  func `any file and any time from a server can be read`(text: String) throws {
    for told in [Int64.min, -1, 0, year2035, 253_402_300_799, .max] {
      for clock in [Int64.min, 0, release, .max] {
        try folder.file("trusted-time", Array(text.utf8))
        var time = TrustedTime(path: path)
        _ = try time.tell(told, by: "a", clock: clock, at: at(.max))
        for seconds in [Int64.min, 0, .max] {
          let floor = time.floorSeconds(at: at(seconds))
          #expect(release <= floor && floor <= Clock.horizonSeconds)
          _ = (time.seconds(for: "a", at: at(seconds)), time.borne(clock: clock, at: at(seconds)))
        }
      }
    }
  }

  @Test func `something else in the place of the file is no floor`() throws {
    #expect(mkfifo(path, 0o600) == 0)
    var time = TrustedTime(path: path)
    #expect(time.now(clock: 0) == release)
    let now = release + day
    try time.tell(now, by: "a", clock: now, at: at(10))
    #expect(TrustedTime(path: path).keptFloorSeconds == now)
  }
}
