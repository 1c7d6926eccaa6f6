/// A commit that failed but may be in the file all the same. SQLite may have written it to the log
/// before the disk failed to sync the log. Then the records are there when the core opens the file
/// anew. If the core wrote them again, each record would be there twice, under two names, and no
/// server could see that they are one record.
package struct DoubtfulCommit {
  package let epoch: String
  /// The last sequence before the commit.
  package let sequence: Int64
  package let records: [NewRecord]
  package let losses: LossCount

  package init(epoch: String, sequence: Int64, records: [NewRecord], losses: LossCount) {
    self.epoch = epoch
    self.sequence = sequence
    self.records = records
    self.losses = losses
  }

  /// Whether the commit is in the file that the core has opened now. The sequence tells it, because
  /// only the core gives sequences.
  package func isIn(_ outbox: Outbox) -> Bool {
    epoch.utf8.elementsEqual(outbox.epoch.utf8) && outbox.lastSequence > sequence
  }

  /// Call it if the commit is in the file. Then none of its records waits, and none counts as lost.
  /// A record that no longer waits was dropped since and counted as lost, so its count goes back.
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
