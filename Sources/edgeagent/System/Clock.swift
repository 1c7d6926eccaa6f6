import CPlatform

/// The clocks the agent reads. Every decision and every stored stamp uses `boot`, which never
/// steps and counts through suspend; wall time is written beside it for people.
enum Clock {
  /// CLOCK_BOOTTIME in nanoseconds; served by the vDSO, no system call.
  static func boot() -> Int64 { read(CP_CLOCK_BOOTTIME) }

  /// Nanoseconds since 1970 UTC, as well as this board knows.
  static func wall() -> Int64 { read(CP_CLOCK_REALTIME) }

  /// This boot's identity, beside which boot times of another boot mean nothing; "" where the
  /// kernel does not tell.
  static func bootIdentifier() -> String {
    guard let text = try? Files.read("/proc/sys/kernel/random/boot_id", bytesMax: 64) else {
      return ""
    }
    return String(decoding: text.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  private static func read(_ clock: Int32) -> Int64 {
    var time = timespec()
    _ = clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// A wall time as RFC 3339 in UTC with milliseconds, `2026-03-01T12:34:56.789Z`, without the C
/// library's calendar (which takes a lock and reads files).
struct Timestamp {
  static let byteCount = 24
  let year: Int64
  let month: Int64
  let day: Int64
  let milliseconds: Int64

  /// Civil date from days by the 400-year cycle starting in March, so that the leap day comes last.
  init(wallNanoseconds: Int64) {
    let total = wallNanoseconds.flooredDivision(by: 1_000_000)
    let days = total.flooredDivision(by: 86_400_000)
    milliseconds = total - days * 86_400_000
    let shifted = days + 719_468
    let era = shifted.flooredDivision(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Hands over the text byte by byte; years beyond 0…9999 are clamped to keep 24 bytes.
  func forEachByte(_ body: (UInt8) -> Void) {
    func digits(_ value: Int64, _ count: Int) {
      var divisor: Int64 = 1
      for _ in 1..<count { divisor *= 10 }
      while divisor > 0 {
        body(UInt8(ascii: "0") + UInt8(value / divisor % 10))
        divisor /= 10
      }
    }
    digits(min(max(year, 0), 9999), 4)
    body(UInt8(ascii: "-"))
    digits(month, 2)
    body(UInt8(ascii: "-"))
    digits(day, 2)
    body(UInt8(ascii: "T"))
    digits(milliseconds / 3_600_000, 2)
    body(UInt8(ascii: ":"))
    digits(milliseconds / 60_000 % 60, 2)
    body(UInt8(ascii: ":"))
    digits(milliseconds / 1000 % 60, 2)
    body(UInt8(ascii: "."))
    digits(milliseconds % 1000, 3)
    body(UInt8(ascii: "Z"))
  }
}

extension Int64 {
  fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
