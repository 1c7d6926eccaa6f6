/// A commit that failed, and that may be in the file all the same: what was written to the log
/// before the disk failed to sync it comes to life when the file is opened anew. Written again it
/// would be there twice, under two names that no server can tell apart.
package struct DoubtfulCommit {
  package let epoch: String
  /// The last sequence before it.
  package let sequence: Int64
  package let records: [NewRecord]
  package let losses: LossCount

  package init(epoch: String, sequence: Int64, records: [NewRecord], losses: LossCount) {
    self.epoch = epoch
    self.sequence = sequence
    self.records = records
    self.losses = losses
  }

  /// Whether it is in the file that was opened now: nobody but the core gives sequences.
  package func isIn(_ outbox: Outbox) -> Bool {
    epoch.utf8.elementsEqual(outbox.epoch.utf8) && outbox.lastSequence > sequence
  }

  /// It is: none of it waits, and none of it is lost, not even what had to make room since.
  package func settle(waiting: inout [NewRecord], losses: inout LossCount) {
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
