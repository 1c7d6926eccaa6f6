import System

/// Answers requests at the door, with a drain of the core's outbox.
package enum DoorDesk {
  /// One request is one step: a bounded number of rows.
  @export(interface)
  package static func answer(_ request: DoorRequest, from drain: FileDrain) -> DoorAnswer {
    do throws(OutboxError) {
      return try answered(request, drain)
    } catch {
      return .failed(error)
    }
  }

  private static func answered(
    _ request: DoorRequest, _ drain: FileDrain
  ) throws(OutboxError) -> DoorAnswer {
    switch request {
    case .survey:
      let identity = try? FileIdentity(path: drain.path)
      return .survey(
        DoorSurvey(
          epoch: drain.epoch, device: identity?.device ?? 0, index: identity?.index ?? 0,
          count: try drain.count(), hasAlert: try drain.hasAlert()))
    case .next(let max, let passedOver):
      return .records(epoch: drain.epoch, try next(max, Set(passedOver), drain))
    case .recordingBytes(let sequence):
      return .done(try drain.recordingBytes(after: sequence).map { Int64($0) } ?? -1)
    case .recording(let sequence): return .recording(try drain.recording(after: sequence))
    case .release(let epoch, let sequences):
      try check(epoch, drain)
      try drain.release(sequences)
      return .done(Int64(sequences.count))
    case .setAside(let epoch, let sequence, let reason):
      try check(epoch, drain)
      try drain.setAside(sequence, reason: reason)
      return .done(1)
    case .retrySetAside(let epoch):
      try check(epoch, drain)
      return .done(try drain.retrySetAside())
    case .delete(let epoch, let sequence):
      try check(epoch, drain)
      return .done(try drain.delete(through: sequence))
    case .listen: return .done(0)
    // The models' thread answers these.
    case .adopt: throw .empty
    }
  }

  /// A body that fits no answer goes aside, so that it does not stop what is behind it. Only
  /// another program can have written it.
  private static func next(
    _ max: Int, _ passedOver: Set<Int64>, _ drain: FileDrain
  ) throws(OutboxError) -> [StoredRecord] {
    let records = try drain.next(max: max, passingOver: passedOver)
    guard let first = records.first, first.body.utf8.count > DoorMessage.bodyBytesMax else {
      return records
    }
    try drain.setAside(first, reason: "longer than the agent writes: it may be damaged")
    return try drain.next(max: max, passingOver: passedOver).filter {
      $0.body.utf8.count <= DoorMessage.bodyBytesMax
    }
  }

  /// A record of a file that has begun anew may have the number of a record of the old one.
  private static func check(_ epoch: String, _ drain: FileDrain) throws(OutboxError) {
    guard epoch.utf8.elementsEqual(drain.epoch.utf8) else { throw .replaced }
  }
}
