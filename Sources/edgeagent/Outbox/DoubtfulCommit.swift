/// A commit that failed, and that may be in the file all the same: what was written to the log
/// before the disk failed to sync it comes to life when the file is opened anew. Written again it
/// would be there twice, under two names that no server can tell apart.
struct DoubtfulCommit {
  let epoch: String
  /// The last sequence before it.
  let sequence: Int64
  let records: [NewRecord]
  let losses: LossCount

  /// Whether it is in the file that was opened now: nobody but the core gives sequences.
  func isIn(_ outbox: Outbox) -> Bool {
    epoch.utf8.elementsEqual(outbox.epoch.utf8) && outbox.lastSequence > sequence
  }

  /// It is: none of it waits, and none of it is lost, not even what had to make room since.
  func settle(waiting: inout [NewRecord], losses: inout LossCount) {
    losses.subtract(self.losses)
    for record in records {
      if let index = waiting.firstIndex(of: record) {
        waiting.remove(at: index)
      } else {
        losses.add(.storeFailed, record.kind, -1)
      }
    }
  }
}
