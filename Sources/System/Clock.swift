import CPlatform
import Text

/// The clocks that the agent reads. Every decision and every stored stamp uses `boot`, which never
/// steps and goes on counting during suspend. Wall time is written beside it for people.
package enum Clock {
  /// CLOCK_BOOTTIME in nanoseconds. The vDSO answers, without a system call.
  package static func boot() -> Int64 { read(CP_CLOCK_BOOTTIME) }

  /// Nanoseconds since 1970 UTC, as this board's clock says; it may be wrong.
  package static func wall() -> Int64 { read(CP_CLOCK_REALTIME) }

  /// When this release was made, in seconds since 1970 UTC: 2026-11-01T00:00:00Z. No earlier time
  /// is true.
  package static let releaseSeconds: Int64 = 1_793_491_200

  /// 20 years after the release, in seconds since 1970 UTC: no board runs a release for longer. A
  /// later time is a fault of a clock or of a server.
  package static let horizonSeconds = releaseSeconds + 20 * 31_557_600

  /// The wall time, or nil if it is before the release or behind the horizon: then the board does
  /// not know the time.
  package static func plausible(_ wall: Int64) -> Int64? {
    let seconds = wall / 1_000_000_000
    return releaseSeconds <= seconds && seconds <= horizonSeconds ? wall : nil
  }

  /// The id of this boot: times of `boot` can be compared only within one boot. "" if the kernel
  /// does not tell it.
  package static func bootIdentifier() -> String {
    guard let text = try? Files.read("/proc/sys/kernel/random/boot_id", bytesMax: 64) else {
      return bootIdentifier(ofService: Environment.value("EDGEAGENT_BOOT") ?? "")
    }
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// The kernel's form of the id that a unit hands to its service. A service with `ProcSubset=pid`
  /// sees no /proc/sys, so its unit hands over systemd's `%b`, which is the kernel's id without the
  /// hyphens. With the hyphens put back, it equals the id that processes outside the service read.
  package static func bootIdentifier(ofService text: String) -> String {
    let digits = Array(text.utf8)
    guard digits.count == 32, digits.allSatisfy({ Digits.hexadecimal($0) != nil }) else {
      return ""
    }
    let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
    return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
  }

  private static func read(_ clock: Int32) -> Int64 {
    var time = timespec()
    _ = clock_gettime(clock, &time)
    return nanoseconds(seconds: Int64(time.tv_sec), Int64(time.tv_nsec))
  }

  /// Nanoseconds of any number of seconds. A clock may be set to a year that Int64 has no
  /// nanoseconds for, before 1678 or after 2262: then it stands at the end of what Int64 can say.
  package static func nanoseconds(seconds: Int64, _ rest: Int64 = 0) -> Int64 {
    let (product, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, isFull) = product.addingReportingOverflow(rest)
    guard isTooFar || isFull else { return sum }
    return seconds < 0 ? .min : .max
  }
}
