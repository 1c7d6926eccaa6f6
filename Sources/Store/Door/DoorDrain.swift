import System

/// A drain of the outbox that a running core has: it asks the core. This process needs no access to
/// the file, and can do nothing to it but say that records are sent, or refused.
final class DoorDrain: OutboxDrain {
  let path: String
  let epoch: String
  private let connection: DoorConnection
  private let boot = Clock.bootIdentifier()

  /// - Returns: nil where no core listens, or where its file is another one.
  /// - Throws: `.silent`, and what the core says is wrong with its file.
  init?(_ path: String) throws(OutboxError) {
    guard let connection = DoorConnection(OutboxDoor.path(beside: path)) else { return nil }
    (self.path, self.connection) = (path, connection)
    guard case .survey(let survey) = try connection.ask(.survey) else { throw .silent }
    epoch = survey.epoch
    guard let identity = try? FileIdentity(path: path), identity.device == survey.device,
      identity.index == survey.index
    else { return nil }
  }

  private func survey() throws(OutboxError) -> DoorSurvey {
    guard case .survey(let survey) = try connection.ask(.survey) else { throw .silent }
    guard survey.epoch.utf8.elementsEqual(epoch.utf8) else { throw .replaced }
    return survey
  }

  func count() throws(OutboxError) -> Int64 { try survey().count }

  func hasRecords() throws(OutboxError) -> Bool { try survey().count > 0 }

  func hasAlert() throws(OutboxError) -> Bool { try survey().hasAlert }

  func next(
    max: Int, passingOver passedOver: Set<Int64>
  ) throws(OutboxError) -> [StoredRecord] {
    let request = DoorRequest.next(
      max: min(max, DoorMessage.recordsMax), passingOver: passedOver.sorted())
    guard case .records(let epoch, let records) = try connection.ask(request) else { throw .silent }
    guard epoch.utf8.elementsEqual(self.epoch.utf8) else { throw .replaced }
    let (wall, now) = (Clock.wall(), Clock.boot())
    return records.map { record in
      var record = record
      record.time = time(than: record.time, record.at, record.boot, wall, now)
      return record
    }
  }

  /// The core has corrected them by the clock that it sees. Where this process sees another one, it
  /// is as good, and it is the one by which sync judges.
  private func time(
    than known: Int64?, _ at: Int64, _ boot: String, _ wall: Int64, _ now: Int64
  ) -> Int64? {
    RecordTime.better(than: known, at: at, of: boot, in: self.boot, wall: wall, now: now) ?? known
  }

  func recordingBytes(after sequence: Int64) throws(OutboxError) -> Int? {
    let bytes = try done(.recordingBytes(after: sequence))
    return bytes < 0 ? nil : Int(bytes)
  }

  func recording(after sequence: Int64) throws(OutboxError) -> StoredRecording? {
    guard case .recording(let recording) = try connection.ask(.recording(after: sequence)) else {
      throw .silent
    }
    guard var recording else { return nil }
    recording.time = time(
      than: recording.time, recording.at, recording.boot, Clock.wall(), Clock.boot())
    return recording
  }

  func acknowledge(_ records: ArraySlice<StoredRecord>) throws(OutboxError) {
    var rest = records
    while !rest.isEmpty {
      let sequences = rest.prefix(DoorMessage.recordsMax).map { $0.sequence }
      _ = try done(.release(epoch: epoch, sequences: sequences))
      rest = rest.dropFirst(sequences.count)
    }
  }

  func setAside(_ record: StoredRecord, reason: String) throws(OutboxError) {
    _ = try done(.setAside(epoch: epoch, sequence: record.sequence, reason: reason))
  }

  func retrySetAside() throws(OutboxError) -> Int64 { try done(.retrySetAside(epoch: epoch)) }

  func delete(through sequence: Int64) throws(OutboxError) -> Int64 {
    try done(.delete(epoch: epoch, through: sequence))
  }

  private func done(_ request: DoorRequest) throws(OutboxError) -> Int64 {
    guard case .done(let count) = try connection.ask(request) else { throw .silent }
    return count
  }
}
