import Testing

@testable import Store
import TestSupport

/// Goal: a commit with an unknown outcome is counted once: stored, or waiting, or lost.
/// Method: outboxes in which the commit happened, and outboxes in which it did not.
@Suite struct DoubtfulCommitTests {
  let folder = TestFolder()
  private var path: String { "\(folder.path)/outbox.db" }

  private func open() throws -> Outbox { try Outbox(path, bytesMax: 1 << 20, boot: "boot-1") }

  private func record(_ index: Int64, _ kind: RecordKind = .alert) -> NewRecord {
    NewRecord(kind: kind, at: index, time: nil, source: "tank", body: "{}")
  }

  private func doubt(_ outbox: Outbox, _ records: [NewRecord]) -> DoubtfulCommit {
    var losses = LossCount()
    losses.add(.queueFull, .result, 5)
    return DoubtfulCommit(
      epoch: outbox.epoch, sequence: outbox.lastSequence, records: records, losses: losses)
  }

  @Test func `it is in the file when a sequence was given`() throws {
    let doubtful = try {
      let outbox = try open()
      try outbox.append([record(1)], durably: true)
      #expect(outbox.lastSequence == 1)
      return doubt(outbox, [record(2)])
    }()
    #expect(try !doubtful.isIn(open()), "nothing happened")
    try open().append([record(2)], durably: true)
    #expect(try doubtful.isIn(open()))
    try FileDrain(path).acknowledge(try open().records(after: 0)[...])
    #expect(try doubtful.isIn(open()), "sent and deleted meanwhile")
    _ = try Quarantine.quarantine(path)
    try open().append([record(1), record(2), record(3)], durably: true)
    #expect(try !doubtful.isIn(open()), "another file")
  }

  @Test func `nothing of it waits any more, and what made room is not lost`() throws {
    let outbox = try open()
    let doubtful = doubt(outbox, [record(1, .result), record(2), record(3)])
    // The result had to make room while the disk failed, and another result came.
    var waiting = [record(2), record(3), record(4)]
    var losses = doubtful.losses
    losses.add(.storeFailed, .result, 2)
    doubtful.settle(waiting: &waiting, losses: &losses)
    #expect(waiting == [record(4)])
    #expect(losses.entries.count == 1 && losses.total == 1)
    #expect(losses.entries.first?.reason == .storeFailed)
  }
}
