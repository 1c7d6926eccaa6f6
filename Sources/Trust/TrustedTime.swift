import System
import Text

/// The time by which keys expire, on a board whose clock may stand at 1970 after each boot.
///
/// The agent keeps a floor on disk. The true time is not earlier than the release of this agent,
/// which is the bound of `Clock.plausible` too, nor than the latest time that a server with a valid
/// certificate proved. A clock behind the floor is wrong, so the floor counts. The agent believes a
/// clock ahead of the floor, but such a clock never raises the floor: a clock that jumps to 2038
/// for a day must not expire every key for good.
package struct TrustedTime {
  private let path: String
  /// Seconds since 1970 UTC.
  package private(set) var floorSeconds: Int64

  /// - Parameter path: the file that keeps the floor. When it is missing or damaged, the release of
  ///   this agent is the floor.
  package init(path: String) {
    self.path = path
    let text = (try? Files.read(path, bytesMax: 64)) ?? []
    let stored = CalendarTime.seconds(
      rfc3339: String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    floorSeconds = max(Clock.releaseSeconds, stored ?? 0)
  }

  /// The time by which a process without a network judges: the clock, but not before the release of
  /// this agent. What another process keeps on the disk counts for nothing here.
  package static func now(clock: Int64 = Clock.wall() / 1_000_000_000) -> Int64 {
    max(clock, Clock.releaseSeconds)
  }

  /// The time by which the agent judges, in seconds since 1970 UTC.
  package func now(clock: Int64 = Clock.wall() / 1_000_000_000) -> Int64 {
    max(clock, floorSeconds)
  }

  /// Raises the floor, because a server with a valid certificate proved that it is at least so
  /// late. This writes the file and waits for the disk. An earlier time changes nothing.
  package mutating func raise(to seconds: Int64) throws(Files.Failure) {
    guard seconds > floorSeconds else { return }
    var text: [UInt8] = []
    Timestamp(wallNanoseconds: seconds * 1_000_000_000).withBytes { text.append(contentsOf: $0) }
    try Files.replace(path, with: text + [UInt8(ascii: "\n")])
    floorSeconds = seconds
  }
}
