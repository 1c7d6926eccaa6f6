import System
import Text

/// The time by which keys expire, on a board whose clock may stand at 1970 after each boot.
///
/// The agent keeps a floor on disk: the true time is not earlier. The floor begins at the release
/// of this agent, which is the bound of `Clock.plausible` too. It goes on with the time that passes
/// in a boot, and moves forward where witnesses bear it:
///
/// - A server of the configuration that has a certificate valid at the time it tells is a witness,
///   one for each host. The board's clock is one, if it is plausible.
/// - Two witnesses bear the earlier of their two times: the floor moves there at once. So the time
///   of one server that lies, or of a clock that jumped, moves nothing by itself.
/// - One server alone moves the floor by a bounded step, two hours for each hour that passes. So a
///   board that has one server and no clock keeps up, and one lying server cannot soon expire a
///   key.
/// - The floor never moves beyond `Clock.horizonSeconds`.
///
/// A clock behind the floor is wrong, so the floor counts. The agent believes a clock ahead of the
/// floor, but such a clock alone never raises the floor: a clock that jumps to 2038 for a day must
/// not expire every key for good.
///
/// Bundles have no date of their own, so they are no witnesses.
package struct TrustedTime {
  /// A moment that does not depend on any clock's date.
  package struct Moment: Equatable, Sendable {
    /// `Clock.bootIdentifier()`; "" when the Linux kernel does not tell it.
    package let boot: String
    /// CLOCK_BOOTTIME, in seconds.
    package let seconds: Int64

    /// Clamps the seconds to what a file may have, so that differences cannot overflow.
    package init(boot: String, seconds: Int64) {
      self.boot = boot
      self.seconds = min(max(seconds, 0), 999_999_999_999_999_999)
    }

    package static var now: Moment {
      Moment(boot: Clock.bootIdentifier(), seconds: Clock.boot() / 1_000_000_000)
    }

    /// Seconds from another moment to this one, as far as they are known: none of an earlier boot,
    /// and all of this one when the other moment is in an earlier boot.
    func since(_ other: Moment) -> Int64 {
      guard !boot.isEmpty, !other.boot.isEmpty else { return 0 }
      let isSameBoot = boot.utf8.elementsEqual(other.boot.utf8)
      return min(max(isSameBoot ? seconds - other.seconds : seconds, 0), Clock.horizonSeconds)
    }
  }

  /// What a server said last.
  package struct Telling: Equatable, Sendable {
    /// The host in the server's address.
    package let witness: String
    /// Seconds since 1970 UTC.
    package let told: Int64
    package let moment: Moment

    /// Clamps the time to the years 1970 to 9999: these have a text, and no sum of them overflows.
    init(witness: String, told: Int64, moment: Moment) {
      (self.witness, self.moment) = (witness, moment)
      self.told = min(max(told, 0), 253_402_300_799)
    }

    /// The time that it is now by this witness, or a time that is past.
    package func projected(to now: Moment) -> Int64 {
      let isSameBoot = now.boot.utf8.elementsEqual(moment.boot.utf8)
      return told + (isSameBoot ? now.since(moment) : 0)
    }
  }

  /// What became of a server's time.
  package enum Outcome: Equatable {
    case believed
    /// No other witness bears it. The floor stays so many seconds behind it.
    case doubted(aheadSeconds: Int64)
    /// Two witnesses tell a time that is so many seconds before the floor.
    case contradicted(behindSeconds: Int64)
  }

  /// Two times that are no farther apart agree. It is more than answers and networks take, and less
  /// than any expiry means.
  package static let toleranceSeconds: Int64 = 600
  /// The file is written when the floor has moved by so much, to spare the flash.
  package static let keptStepSeconds: Int64 = 3_600
  /// The servers of a configuration are two. Two more are those of before a change.
  static let tellingsMax = 4
  /// What stands for the floor of a file that names no witness: one of an older agent, or a forged
  /// one. It counts as one witness, and needs another.
  package static let unwitnessed = "unwitnessed-floor"

  package let path: String
  private var kept: TrustedTimeFile
  /// The bytes of `path` as this read or wrote them.
  private var keptBytes: [UInt8]

  /// - Parameter path: the file that keeps the floor. When it is missing or damaged, the release of
  ///   this agent is the floor.
  package init(path: String) {
    self.path = path
    keptBytes = Self.bytes(of: path)
    kept = TrustedTimeFile(keptBytes)
  }

  /// The file of a board: beside its models folder.
  package static func path(models: String) -> String {
    Files.folder(of: models) + "/trusted-time"
  }

  private static func bytes(of path: String) -> [UInt8] {
    (try? Files.read(path, bytesMax: TrustedTimeFile.bytesMax, links: .refused)) ?? []
  }

  package var tellings: [Telling] { kept.tellings }

  /// The floor as the file has it; `floor(at:)` adds the time that has passed.
  package var keptFloorSeconds: Int64 { kept.floor }

  /// Seconds since 1970 UTC.
  package func floorSeconds(at now: Moment = .now) -> Int64 {
    min(kept.floor + now.since(kept.anchor), Clock.horizonSeconds)
  }

  /// The time by which a process without a network judges: the clock, but not before the release of
  /// this agent. What another process keeps on the disk counts for nothing here.
  package static func now(clock: Int64 = Clock.wall() / 1_000_000_000) -> Int64 {
    max(clock, Clock.releaseSeconds)
  }

  /// The time by which the agent judges, in seconds since 1970 UTC.
  package func now(
    clock: Int64 = Clock.wall() / 1_000_000_000, at moment: Moment = .now
  ) -> Int64 {
    max(clock, floorSeconds(at: moment))
  }

  /// The time by which the certificate of one server is judged when the clock is earlier: the
  /// floor, or what that server said last. A server's word about the time counts for its own
  /// certificate, so a board with one server and no clock goes on when the certificate is renewed.
  package func seconds(for witness: String, at now: Moment = .now) -> Int64 {
    let told = kept.tellings.first { $0.witness == witness }?.projected(to: now)
    return max(floorSeconds(at: now), min(told ?? 0, Clock.horizonSeconds))
  }

  /// Takes what a server said, moves the floor as far as witnesses bear it, and writes the file
  /// when that is worth it. A file that another process has written meanwhile, such as a reset,
  /// counts first.
  ///
  /// - Parameters:
  ///   - seconds: since 1970 UTC, within the validity of the server's certificate.
  ///   - clock: the board's, in seconds since 1970 UTC.
  /// - Throws: when the file cannot be written; the floor has moved nevertheless.
  @discardableResult
  package mutating func tell(
    _ seconds: Int64, by witness: String, clock: Int64 = Clock.wall() / 1_000_000_000,
    at now: Moment = .now
  ) throws(Files.Failure) -> Outcome {
    let bytes = Self.bytes(of: path)
    if bytes != keptBytes { (keptBytes, kept) = (bytes, TrustedTimeFile(bytes)) }
    var next = kept
    let telling = Telling(witness: witness, told: seconds, moment: now)
    next.note(telling)
    let passed = floorSeconds(at: now)
    let step = now.since(kept.anchor)
    // One server alone: as much again as has passed.
    let alone =
      next.tellings.filter { $0.witness != Self.unwitnessed }
      .map { $0.projected(to: now) }.max() ?? 0
    let floor = min(
      max(passed, Self.borne(next.tellings, clock, now) ?? 0, min(alone, passed + step)),
      Clock.horizonSeconds)
    (next.floor, next.anchor) = (floor, now)
    let outcome = Self.outcome(telling.told, next, clock, now)
    try keep(next, passed: passed, at: now)
    return outcome
  }

  /// Forgets one server's word. It may be what makes the server's certificate seem expired.
  package mutating func forget(_ witness: String) throws(Files.Failure) {
    guard kept.tellings.contains(where: { $0.witness == witness }) else { return }
    var next = kept
    next.tellings.removeAll { $0.witness == witness }
    try write(next)
  }

  /// Puts the floor back to the release, without witnesses.
  package mutating func reset() throws(Files.Failure) { try write(TrustedTimeFile([])) }

  /// The latest time that two witnesses bear; nil where there are not two.
  package func borne(
    clock: Int64 = Clock.wall() / 1_000_000_000, at now: Moment = .now
  ) -> Int64? {
    Self.borne(kept.tellings, clock, now)
  }

  private static func borne(_ tellings: [Telling], _ clock: Int64, _ now: Moment) -> Int64? {
    var times = tellings.map { $0.projected(to: now) }
    if isPlausible(clock) { times.append(clock) }
    return times.sorted(by: >).dropFirst().first
  }

  /// Whether the board's clock is a witness.
  package static func isPlausible(_ clock: Int64) -> Bool {
    Clock.releaseSeconds <= clock && clock <= Clock.horizonSeconds
  }

  private static func outcome(
    _ seconds: Int64, _ file: TrustedTimeFile, _ clock: Int64, _ now: Moment
  ) -> Outcome {
    if seconds - file.floor > toleranceSeconds {
      return .doubted(aheadSeconds: seconds - file.floor)
    }
    // Only words of this boot go on with the time, so only these can say that the floor is ahead.
    var current = file.tellings.filter { $0.moment.boot == now.boot }
      .map { $0.projected(to: now) }
    if isPlausible(clock) { current.append(clock) }
    if current.count >= 2, let latest = current.max(), file.floor - latest > toleranceSeconds {
      return .contradicted(behindSeconds: file.floor - latest)
    }
    return .believed
  }

  /// Writes what is new enough. What is not written, later words of the same witnesses replace.
  private mutating func keep(
    _ next: TrustedTimeFile, passed: Int64, at now: Moment
  ) throws(Files.Failure) {
    let isNews = next.tellings.contains { telling in
      guard let old = kept.tellings.first(where: { $0.witness == telling.witness }) else {
        return true
      }
      let difference = telling.projected(to: now) - old.projected(to: now)
      return difference.magnitude > UInt64(Self.toleranceSeconds)
    }
    let hasMoved = next.floor - passed >= Self.keptStepSeconds
    let isOld = now.since(kept.anchor) >= Self.keptStepSeconds
    guard isNews || hasMoved || isOld || next.tellings.count != kept.tellings.count else { return }
    try write(next)
  }

  private mutating func write(_ next: TrustedTimeFile) throws(Files.Failure) {
    kept = next
    let bytes = Array(next.text.utf8)
    try Files.replace(path, with: bytes)
    keptBytes = bytes
  }
}
