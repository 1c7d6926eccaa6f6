import System
import Text

/// What sync remembers of the recordings of alerts, in `sync.json`. A recording stays in the outbox
/// after it was sent, so that a person at the board has it too; this says how far sync is.
package struct RecordingsState: Equatable {
  /// Of the outbox whose sequence `after` is.
  var epoch = ""
  /// The last recording that is done with: sent, refused or over the budget.
  var after: Int64 = 0
  /// So often the next one went over the link without being taken.
  var tries: Int64 = 0
  /// The server wants no recording before: CLOCK_BOOTTIME of that boot.
  var heldBoot = ""
  var heldUntil: Int64 = 0
  var budget = RecordingBudget()

  // Since the file began.
  package var sent: Int64 = 0
  package var overBudget: Int64 = 0
  package var refused: Int64 = 0

  /// No recording was ever done with.
  package var isEmpty: Bool { sent == 0 && overBudget == 0 && refused == 0 }

  enum End { case sent, overBudget, refused }

  /// The next one is behind this.
  mutating func pass(_ sequence: Int64, _ end: End) {
    (after, tries) = (sequence, 0)
    switch end {
    case .sent: sent = Self.next(sent)
    case .overBudget: overBudget = Self.next(overBudget)
    case .refused: refused = Self.next(refused)
    }
  }

  /// Another outbox begins with its first recording.
  mutating func follow(_ epoch: String) {
    guard !self.epoch.utf8.elementsEqual(epoch.utf8) else { return }
    (self.epoch, after, tries) = (epoch, 0, 0)
  }

  private static func next(_ count: Int64) -> Int64 { count < .max ? count + 1 : count }
}

extension RecordingsState {
  /// Numbers below 0 are nobody's, and count as 0.
  init(_ value: JSONValue?) {
    guard let value else { return }
    func number(_ name: String) -> Int64 { max(0, value[name]?.int64 ?? 0) }
    epoch = value["epoch"]?.string ?? ""
    (after, tries) = (number("after"), min(number("tries"), SyncLimits.recordingTriesMax))
    (heldBoot, heldUntil) = (value["held_boot"]?.string ?? "", number("held_until"))
    (budget.day, budget.bytes) = (number("day"), number("bytes"))
    (budget.boot, budget.since) = (value["boot"]?.string ?? "", number("since"))
    (sent, overBudget, refused) = (number("sent"), number("over_budget"), number("refused"))
  }

  func put(into writer: inout JSONWriter) {
    writer.member("epoch", epoch)
    writer.member("after", after)
    writer.member("tries", tries)
    writer.member("held_boot", heldBoot)
    writer.member("held_until", heldUntil)
    writer.member("day", budget.day)
    writer.member("bytes", budget.bytes)
    writer.member("boot", budget.boot)
    writer.member("since", budget.since)
    writer.member("sent", sent)
    writer.member("over_budget", overBudget)
    writer.member("refused", refused)
  }
}
