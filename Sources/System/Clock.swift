import CPlatform
import Text

/// The clocks the agent reads. Every decision and every stored stamp uses `boot`, which never
/// steps and counts through suspend; wall time is written beside it for people.
package enum Clock {
  /// CLOCK_BOOTTIME in nanoseconds; served by the vDSO, no system call.
  package static func boot() -> Int64 { read(CP_CLOCK_BOOTTIME) }

  /// Nanoseconds since 1970 UTC, as well as this board knows.
  package static func wall() -> Int64 { read(CP_CLOCK_REALTIME) }

  /// A board that says it is earlier does not know the time: 1 January 2025, before this was written.
  private static let wallNanosecondsMin: Int64 = 1_735_689_600_000_000_000

  /// A wall time, or nil for one that a board says which does not know it.
  package static func plausible(_ wall: Int64) -> Int64? { wall >= wallNanosecondsMin ? wall : nil }

  /// This boot's identity, beside which boot times of another boot mean nothing; "" where the
  /// kernel does not tell.
  package static func bootIdentifier() -> String {
    guard let text = try? Files.read("/proc/sys/kernel/random/boot_id", bytesMax: 64) else {
      return bootIdentifier(ofService: Environment.value("EDGEAGENT_BOOT") ?? "")
    }
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  /// A service with `ProcSubset=pid` sees no /proc/sys: its unit hands on what systemd knows (`%b`),
  /// the kernel's words without the hyphens. With them it is the same boot for whoever asks outside.
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
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
