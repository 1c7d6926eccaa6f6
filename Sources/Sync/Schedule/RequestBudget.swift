import Config
import Text

/// The bytes and attempts of a day, for links that cost money. Bytes of both directions count.
///
/// The caller's clock makes the days. Whenever it shows another day, even an earlier one, a new day
/// begins. So a clock that was wrong for a while cannot close the link for years.
struct RequestBudget: Equatable {
  let limits: BudgetSettings
  /// Days since 1970.
  private(set) var day: Int64 = 0
  private(set) var bytes: Int64 = 0
  private(set) var attempts: Int64 = 0

  init(_ limits: BudgetSettings) { self.limits = limits }

  /// Whether another attempt may begin.
  ///
  /// - Parameter now: seconds since 1970.
  func allows(now: Int64) -> Bool {
    Self.day(now) != day
      || (attempts < limits.attemptsPerDay ?? .max && bytes < limits.bytesPerDay ?? .max)
  }

  /// Bytes that may still go over the link today; `.max` without a limit.
  func bytesLeft(now: Int64) -> Int64 {
    max((limits.bytesPerDay ?? .max) - (Self.day(now) == day ? bytes : 0), 0)
  }

  /// Counts an attempt. A new day begins with its first attempt.
  mutating func spendAttempt(now: Int64) {
    turn(now)
    if attempts < .max { attempts += 1 }
  }

  /// Counts bytes for the day on which the attempt began, because the attempt got no more bytes
  /// than that day had left.
  mutating func spend(bytes spent: Int64) {
    bytes = min(bytes, .max - max(spent, 0)) + max(spent, 0)
  }

  /// Seconds until the next day begins.
  func secondsLeft(now: Int64) -> Int64 { 86_400 - (now &- Self.day(now) &* 86_400) }

  /// `DAY BYTES ATTEMPTS`, which sync keeps across starts.
  var text: String { "\(day) \(bytes) \(attempts)\n" }

  /// Takes the numbers of a kept `text`. Any other text leaves the budget as it is.
  @export(interface)
  mutating func restore(_ text: String) {
    let words = text.utf8.split { $0 == 0x20 || $0 == 10 }
      .map { Digits.number(String(decoding: Array($0), as: UTF8.self)) }
    guard words.count == 3, let day = words[0], let bytes = words[1], let attempts = words[2]
    else { return }
    (self.day, self.bytes, self.attempts) = (day, bytes, attempts)
  }

  private mutating func turn(_ now: Int64) {
    let today = Self.day(now)
    if today != day { (day, bytes, attempts) = (today, 0, 0) }
  }

  /// The day of any second since 1970, also of one long before.
  static func day(_ now: Int64) -> Int64 {
    now / 86_400 - (now % 86_400 < 0 ? 1 : 0)
  }
}
